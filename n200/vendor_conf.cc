// SPDX-License-Identifier: Apache-2.0
#include "n200/vendor_conf.h"

#include <openssl/crypto.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "n200/json.h"

namespace sesam::n200 {
namespace {

// simdjson needs padding after the text, which Secret fills with zeros.
Secret padded_copy_of(std::string_view text) {
  Secret copy;
  copy.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  copy.append(text);
  return copy;
}

// Unescapes one string at a time, in memory that is wiped. simdjson's own functions leave copies on the heap,
// even those for names: they write whole vectors, and so a part of the value that follows.
class WipedUnescape {
 public:
  WipedUnescape(const simdjson::ondemand::parser& parser, std::size_t longest)
      : parser_(parser), memory_(longest + kWrittenBeyond) {}
  ~WipedUnescape() { OPENSSL_cleanse(memory_.data(), memory_.size()); }
  WipedUnescape(const WipedUnescape&) = delete;
  WipedUnescape& operator=(const WipedUnescape&) = delete;

  // The text is valid until the next call.
  std::optional<std::string_view> operator()(simdjson::ondemand::raw_json_string raw) {
    std::uint8_t* end = memory_.data();
    std::string_view text;
    if (parser_.unescape(raw, end).get(text)) return std::nullopt;
    return text;
  }

 private:
  static constexpr std::size_t kWrittenBeyond = 128;  // json.h
  const simdjson::ondemand::parser& parser_;
  std::vector<std::uint8_t> memory_;
};

// The text of a string or an integer; nullopt for any other value.
std::optional<Secret> text_of(simdjson::ondemand::value value, WipedUnescape& unescape) {
  simdjson::ondemand::json_type type{};
  if (value.type().get(type)) return std::nullopt;
  if (type == simdjson::ondemand::json_type::string) {
    simdjson::ondemand::raw_json_string raw;
    if (value.get_raw_json_string().get(raw)) return std::nullopt;
    const auto text = unescape(raw);
    return text ? std::optional(Secret(*text)) : std::nullopt;
  }
  std::string_view token = value.raw_json_token();
  std::int64_t number = 0;
  if (value.get_int64().get(number)) return std::nullopt;
  return Secret(token.substr(0, token.find_last_of("0123456789") + 1));
}

}  // namespace

Result<std::map<std::string, Secret, std::less<>>> parse_vendor_conf(std::string_view text) {
  const Secret copy = padded_copy_of(text);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  const Error malformed{Reason::bad_configuration, "not a JSON object"};
  const simdjson::padded_string_view view(copy.reveal().data(), text.size(),
                                          text.size() + simdjson::SIMDJSON_PADDING);
  if (parser.iterate(view).get(document) || document.get_object().get(object)) return malformed;
  WipedUnescape unescape(parser, text.size());
  std::map<std::string, Secret, std::less<>> values;
  for (auto member : object) {
    simdjson::ondemand::raw_json_string name;
    simdjson::ondemand::value value;
    if (member.key().get(name) || member.value().get(value)) return malformed;
    const auto unescaped = unescape(name);
    if (!unescaped) return malformed;
    std::string key(*unescaped);
    if (auto text_value = text_of(value, unescape)) values.emplace(std::move(key), std::move(*text_value));
  }
  return values;
}

}  // namespace sesam::n200
