// SPDX-License-Identifier: Apache-2.0
#include "dialect.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "hex.h"

namespace sesam::simulator {
namespace {

using nlohmann::ordered_json;
using V = std::string_view;

template <typename Change>
void change_json(Reply& reply, Change change) {
  ordered_json document = ordered_json::parse(reply.content(), nullptr, false);
  if (document.is_discarded()) return;
  change(document);
  reply.shared_body.reset();
  reply.body = document.dump();
}

// Changes each record of listkeys and getkeyattributes.
template <typename Change>
void change_records(Reply& reply, Change change) {
  change_json(reply, [&](ordered_json& document) {
    if (!document.contains("result") || !document["result"].is_object()) return;
    for (auto& record : document["result"])
      if (record.is_object()) change(record);
  });
}

// Changes the hexadecimal text of each public part.
template <typename Change>
void change_public(Reply& reply, Change change) {
  change_records(reply, [&](ordered_json& record) {
    for (const char* name : {"public_key", "modulus", "exponent"})
      if (record.contains(name)) record[name] = change(record[name].get<std::string>());
  });
}

template <typename Change>
void change_point(Reply& reply, Change change) {
  change_records(reply, [&](ordered_json& record) {
    if (record.contains("public_key")) record["public_key"] = change(record["public_key"].get<std::string>());
  });
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string spaced(const std::string& text, std::size_t every, std::string_view between) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); i += every)
    made.append(i == 0 ? "" : between).append(text, i, every);
  return made;
}

// y is even if its last hex digit is even; 02 marks an even y, 03 an odd one.
std::string compressed(const std::string& x_and_y) {
  const bool odd = std::string_view("13579BDFbdf").find(x_and_y.back()) != std::string_view::npos;
  return (odd ? "03" : "02") + x_and_y.substr(0, x_and_y.size() / 2);
}

enum class Name { size, standard, lower };

std::string type_word(const ordered_json& record, Name name) {
  const std::string type = record["key_type"];
  const std::string bits = record["key_len"].dump();
  if (name == Name::lower) return lower(type);
  if (name == Name::size) return type + bits;
  if (type == "NIST") return "secp" + bits + "r1";
  return type == "BRAINPOOL" ? "brainpoolP" + bits + "r1" : lower(type) + "-" + bits;
}

template <Name name>
void rename_type(V, Reply& reply) {
  change_records(reply, [](ordered_json& record) {
    record["key_type"] = type_word(record, name);
    if (name != Name::lower) record.erase("key_len");
  });
}

void unwrap_records(Reply& reply, bool as_list) {
  change_json(reply, [as_list](ordered_json& document) {
    if (!document.contains("result") || !document["result"].is_object()) return;
    ordered_json records = ordered_json::array();
    for (auto& record : document["result"]) records.push_back(record);
    if (as_list)
      document["result"] = records;
    else if (records.size() == 1)
      document["result"] = records[0];
  });
}

bool is_signature(V command) { return command == "eccsign" || command == "rsasign"; }

template <typename Change>
void change_signature(V command, Reply& reply, Change change) {
  if (!is_signature(command)) return;
  change_json(reply, [&](ordered_json& document) {
    if (document.contains("result")) change(document);
  });
}

std::string base64(const Bytes& bytes) {
  std::string text(bytes.size() / 3 * 4 + 5, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Bytes der_of(const Bytes& r_and_s) {
  const auto half = static_cast<int>(r_and_s.size() / 2);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), &ECDSA_SIG_free);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(r_and_s.data(), half, nullptr),
                 BN_bin2bn(r_and_s.data() + half, half, nullptr));
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
  unsigned char* end = der.data();
  i2d_ECDSA_SIG(signature.get(), &end);
  return der;
}

void write_signature(V command, Reply& reply, bool as_der, bool as_base64) {
  change_signature(command, reply, [&](ordered_json& document) {
    Bytes bytes = from_hex(document["result"].get<std::string>()).value();
    if (as_der && command == "eccsign") bytes = der_of(bytes);
    document["result"] = as_base64 ? base64(bytes) : to_hex(bytes);
  });
}

// Changes the text of an error reply; leaves other replies as they are.
template <typename Say>
void change_error(Reply& reply, Say say) {
  const ordered_json document = ordered_json::parse(reply.content(), nullptr, false);
  if (!document.is_object() || !document.contains("error") || !document["error"].is_string()) return;
  reply.shared_body.reset();
  reply.body = say(document["error"].get<std::string>());
}

template <typename Say>
void say_json(Reply& reply, Say say) {
  change_error(reply, [&](const std::string& text) { return ordered_json(say(text)).dump(); });
}

void say_html(V, Reply& reply) {
  change_error(reply, [&](const std::string& text) {
    reply.content_type = "text/html";
    return "<!DOCTYPE html>\n<html><head><title>" + text +
           "</title></head><body><h1>Sorry</h1></body></html>\n";
  });
}

std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const unsigned char c : text) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

template <typename Number>
void append_little_endian(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i));
}

// RFC 1952 and RFC 1951, in stored blocks, without compression.
void gzip(V, Reply& reply) {
  const std::string plain(reply.content());
  std::string packed("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  constexpr std::size_t kMaxInBlock = 65535;
  std::size_t at = 0;
  do {
    const std::size_t length = std::min(kMaxInBlock, plain.size() - at);
    packed += at + length == plain.size() ? '\1' : '\0';
    append_little_endian(packed, static_cast<std::uint16_t>(length));
    append_little_endian(packed, static_cast<std::uint16_t>(~length));
    packed.append(plain, at, length);
    at += length;
  } while (at < plain.size());
  append_little_endian(packed, crc32_of(plain));
  append_little_endian(packed, static_cast<std::uint32_t>(plain.size()));
  reply.shared_body.reset();
  reply.body = packed;
  reply.headers.emplace_back("content-encoding", "gzip");
}

void wrap(Reply& reply, std::string_view before, std::string_view after) {
  reply.body = std::string(before).append(reply.content()).append(after);
  reply.shared_body.reset();
}

void time_as_number(V command, Reply& reply) {
  if (command != "timestamp") return;
  change_json(reply, [](ordered_json& document) {
    if (document.contains("result")) document["result"] = std::stoll(document["result"].get<std::string>());
  });
}

// What is not there: an empty listing, and an unknown key.
template <typename Change>
void change_none(V command, Reply& reply, Change change) {
  if (command != "listkeys" && command != "getkeyattributes") return;
  change_json(reply, [&](ordered_json& document) {
    const bool is_empty = document.contains("result") && document["result"].empty();
    if (is_empty || document.value("error", "") == "unknown key") {
      document.erase("result");
      document.erase("error");
      change(document);
    }
  });
}

void capitalise(V, Reply& reply) {
  change_json(reply, [](ordered_json& document) {
    ordered_json renamed = ordered_json::object();
    for (auto& [name, value] : document.items()) {
      std::string capital = name;
      capital[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(capital[0])));
      renamed[capital] = value;
    }
    document = renamed;
  });
}

void number_as_string(V, Reply& reply) {
  change_records(reply, [](ordered_json& record) { record["key_len"] = record["key_len"].dump(); });
}

void rename_public(V, Reply& reply) {
  change_records(reply, [](ordered_json& record) {
    if (!record.contains("public_key")) return;
    record["publickey"] = record["public_key"];
    record.erase("public_key");
  });
}

constexpr std::array kDialects{
    // Public parts.
    Dialect{"publickey", rename_public},
    Dialect{"with-04", [](V, Reply& r) { change_point(r, [](const std::string& t) { return "04" + t; }); }},
    Dialect{"compressed", [](V, Reply& r) { change_point(r, compressed); }},
    Dialect{"lower-hex", [](V, Reply& r) { change_public(r, lower); }},
    Dialect{"0x", [](V, Reply& r) { change_public(r, [](const std::string& t) { return "0x" + t; }); }},
    Dialect{"blanks",
            [](V, Reply& r) { change_public(r, [](const std::string& t) { return spaced(t, 8, " "); }); }},
    Dialect{"colons",
            [](V, Reply& r) { change_public(r, [](const std::string& t) { return spaced(t, 2, ":"); }); }},
    Dialect{
        "line-breaks",
        [](V, Reply& r) { change_public(r, [](const std::string& t) { return spaced(t, 64, "\r\n"); }); }},
    Dialect{"base64-keys",
            [](V, Reply& r) {
              change_public(r, [](const std::string& t) { return base64(from_hex(t).value()); });
            }},
    // Records.
    Dialect{"type-in-lower-case", rename_type<Name::lower>},
    Dialect{"type-with-size", rename_type<Name::size>},
    Dialect{"type-of-standard", rename_type<Name::standard>},
    Dialect{"numbers-as-strings", number_as_string},
    Dialect{"record-in-result", [](V c, Reply& r) { unwrap_records(r, c == "listkeys"); }},
    Dialect{"record-list", [](V, Reply& r) { unwrap_records(r, true); }},
    // The reply.
    Dialect{"byte-order-mark", [](V, Reply& r) { wrap(r, "\xEF\xBB\xBF", ""); }},
    Dialect{"trailing-nul", [](V, Reply& r) { wrap(r, "", std::string_view("\0", 1)); }},
    Dialect{"blanks-around", [](V, Reply& r) { wrap(r, "\r\n  ", " \r\n\r\n"); }},
    Dialect{"gzip", gzip},
    Dialect{"capital-members", capitalise},
    Dialect{"time-as-number", time_as_number},
    Dialect{"null-for-none",
            [](V c, Reply& r) {
              change_none(c, r, [&r](ordered_json& document) {
                document["result"] = nullptr;
                r.status = 200;
              });
            }},
    Dialect{"no-keys-found",
            [](V c, Reply& r) { change_none(c, r, [](ordered_json& d) { d["error"] = "no keys found"; }); }},
    Dialect{"status-201", [](V, Reply& r) { r.status = r.status == 200 ? 201 : r.status; }},
    // Signatures.
    Dialect{"base64", [](V c, Reply& r) { write_signature(c, r, false, true); }},
    Dialect{"der", [](V c, Reply& r) { write_signature(c, r, true, false); }},
    Dialect{"der-base64", [](V c, Reply& r) { write_signature(c, r, true, true); }},
    Dialect{"signature-lines",
            [](V c, Reply& r) {
              change_signature(c, r, [](ordered_json& document) {
                document["result"] = spaced(lower(document["result"].get<std::string>()), 64, "\n");
              });
            }},
    Dialect{"signature-inside",
            [](V c, Reply& r) {
              change_signature(c, r, [](ordered_json& document) {
                const std::string signature = document["result"];
                document["result"] = {{"signature", signature}};
              });
            }},
    Dialect{"signature-beside",
            [](V c, Reply& r) {
              change_signature(c, r, [](ordered_json& document) {
                document["signature"] = document["result"];
                document["result"] = "ok";
              });
            }},
    Dialect{"signature-list",
            [](V c, Reply& r) {
              change_signature(c, r, [](ordered_json& document) {
                document["result"] = ordered_json::array({document["result"].get<std::string>()});
              });
            }},
    // Errors, besides the status.
    Dialect{"error-object",
            [](V, Reply& r) {
              say_json(r, [](const std::string& t) {
                return ordered_json{{"error", {{"code", 17}, {"message", t}}}};
              });
            }},
    Dialect{"error-number",
            [](V, Reply& r) {
              say_json(r, [](const std::string& t) { return ordered_json{{"error", 17}, {"errortext", t}}; });
            }},
    Dialect{"error-status",
            [](V, Reply& r) {
              say_json(r, [](const std::string& t) {
                return ordered_json{{"status", "error"}, {"message", t}};
              });
            }},
    Dialect{"error-in-result",
            [](V, Reply& r) {
              r.status = 200;
              say_json(r, [](const std::string& t) { return ordered_json{{"result", "error: " + t}}; });
            }},
    Dialect{"error-msg",
            [](V, Reply& r) { say_json(r, [](const std::string& t) {
                                return ordered_json{{"msg", t}};
                              }); }},
    Dialect{"error-code",
            [](V, Reply& r) {
              say_json(r, [](std::string t) {
                std::replace(t.begin(), t.end(), ' ', '_');
                return ordered_json{{"code", "ERR_" + t}};
              });
            }},
    Dialect{"error-200", [](V, Reply& r) { r.status = 200; }},
    Dialect{"error-plain",
            [](V, Reply& r) {
              r.status = r.status >= 400 ? 200 : r.status;
              change_error(r, [](const std::string& t) { return "ERROR: " + t + "\r\n"; });
            }},
    Dialect{"error-html", say_html},
};

}  // namespace

const Dialect* find_dialect(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const Dialect& dialect : kDialects)
    if (dialect.name == name) return &dialect;
  throw std::invalid_argument("no such dialect: " + std::string(name));
}

}  // namespace sesam::simulator
