// SPDX-License-Identifier: Apache-2.0
#include "n200/uri.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/ascii_case.h"
#include "base/file.h"
#include "base/hex.h"

namespace sesam::n200 {
namespace {

constexpr std::string_view kKeyIdStart = "hsm";
constexpr std::size_t kKeyIdDigits = 36, kTokenDigits = 28;
constexpr std::string_view kSchemes[] = {"pkcs11:", "sesam:"};

Error bad_uri(std::string detail) { return {Reason::bad_uri, std::move(detail)}; }

// For a message. If a separator is missing, a value that contains '=' may include the next attribute, which
// may be a PIN.
std::string shown(std::string_view name, const std::string& value) {
  return std::string(name) + (value.find('=') == value.npos ? "=" + value : "");
}

// "object=web,pin-value=1234": such a value is not quoted in messages, nor sent to the device.
bool has_swallowed_a_pin(std::string_view value) noexcept {
  return value.find("pin-value=") != value.npos || value.find("pin-source=") != value.npos;
}

Error swallowed_a_pin(std::string_view name) {
  return bad_uri("a PIN attribute is in the value of '" + std::string(name) +
                 "'; separate attributes with ';', and write '?' before pin-value or pin-source");
}

// For a message. A source that does not look like a path may be a PIN, and is not quoted.
std::string shown_source(const std::string& source) {
  return source.starts_with("file:") || source.find('/') != source.npos
             ? source
             : "the file that it names (not shown, as it may be a PIN)";
}

std::size_t scheme_length(std::string_view text) noexcept {
  for (const auto scheme : kSchemes)
    if (equal_ignoring_case(text.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

// Decodes into `out`, a std::string or a Secret. `name` is for the message, which must not contain the value.
template <class Out>
Result<void> percent_decode(std::string_view name, std::string_view value, Out& out) {
  while (!value.empty()) {
    const auto plain = std::min(value.find('%'), value.size());
    out.append(value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty()) break;
    unsigned char byte = 0;
    if (value.size() < 3 || !from_hex(value.substr(1, 2), {&byte, 1}))
      return bad_uri("malformed %-escape in the value of '" + std::string(name) + "'");
    out.append(std::string_view(reinterpret_cast<const char*>(&byte), 1));
    value.remove_prefix(3);
  }
  return {};
}

Result<void> parse_core(const std::string& text, KeyUri& uri) {
  unsigned core = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), core);
  if (failed != std::errc{} || end != text.data() + text.size() || core == 0)
    return bad_uri(shown("core", text) + ": cores are numbered from 1");
  uri.core = core;
  return {};
}

Result<void> parse_type(const std::string& text, KeyUri& uri) {
  uri.type = text == "private"  ? ObjectType::private_key
             : text == "public" ? ObjectType::public_key
             : text == "cert"   ? ObjectType::certificate
                                : ObjectType::other;
  return {};
}

Result<void> check_names(const KeyUri& uri) {
  if (!uri.key_id.empty() && !is_key_id(uri.key_id))
    return bad_uri(shown("key-id", uri.key_id) + ": a key_id is 'hsm' and 36 hexadecimal digits");
  if (!uri.token.empty() && !is_token_label(uri.token) && !is_key_id(uri.token))
    return bad_uri(shown("token", uri.token) +
                   ": a token label of this device is 'hsm' and 28 hexadecimal digits");
  return {};
}

struct Attribute {
  std::string_view name;
  std::string KeyUri::*field;  // null: read by take_attribute(), or ignored
};
constexpr Attribute kAttributes[] = {
    {"object", &KeyUri::object},
    {"token", &KeyUri::token},
    {"id", &KeyUri::id},
    {"key-id", &KeyUri::key_id},
    {"serial", &KeyUri::serial},
    {"manufacturer", &KeyUri::manufacturer},
    {"acl", &KeyUri::acl},
    {"pin-source", &KeyUri::pin_source},
    {"pin-value", nullptr},
    {"core", nullptr},
    {"type", nullptr},
    {"model", nullptr},
    {"slot-id", nullptr},
    {"slot-description", nullptr},
    {"slot-manufacturer", nullptr},
    {"library-version", nullptr},
    {"library-description", nullptr},
    {"library-manufacturer", nullptr},
    {"module-name", nullptr},
    {"module-path", nullptr},
};

const Attribute* attribute_named(std::string_view name) noexcept {
  const auto* found = std::find_if(std::begin(kAttributes), std::end(kAttributes),
                                   [&](const Attribute& attribute) { return attribute.name == name; });
  return found == std::end(kAttributes) ? nullptr : found;
}

bool is_name_of_a_key(std::string_view name) noexcept {
  return name == "object" || name == "token" || name == "id" || name == "key-id";
}

// RFC 7512, section 2.3: "pk11-v-attr-nm-char".
bool is_attribute_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c == '-' || c == '_' || isalnum(c) != 0;
  });
}

Result<void> take_attribute(std::string_view name, std::string_view value, KeyUri& uri) {
  if (name == "pin-value") return percent_decode(name, value, uri.pin_value);
  std::string text;
  SESAM_CHECK(percent_decode(name, value, text));
  if (has_swallowed_a_pin(text)) return swallowed_a_pin(name);
  if (const auto* known = attribute_named(name); known != nullptr && known->field != nullptr) {
    uri.*known->field = std::move(text);
    return {};
  }
  if (text.empty()) return {};
  if (name == "core") return parse_core(text, uri);
  if (name == "type") return parse_type(text, uri);
  return {};
}

// A part of a URI: the path before the first '?', or the query after it.
struct Part {
  std::string_view separators;
  bool is_query;
  char ordinary;  // separates in the other part, or starts it, but is an ordinary character here
  const char* ordinary_escaped;
};
constexpr Part kPath{";", false, '&', "%26"};
constexpr Part kQuery{"&;", true, '?', "%3F"};  // ';' for BIND, which appends ";object=..." to a label

// Rejects text with two readings: in "object=a&type=private" the label is "a&type=private" according to RFC
// 7512, but the author probably meant two attributes.
Result<void> check_one_reading(const Part& part, std::string_view name, std::string_view value) {
  for (auto at = value.find(part.ordinary); at != value.npos; at = value.find(part.ordinary, at + 1)) {
    const std::string_view rest = value.substr(at + 1);
    const std::string_view inner = rest.substr(0, std::min(rest.find('='), rest.size()));
    if (inner.size() < rest.size() && attribute_named(inner) != nullptr)
      return bad_uri("ambiguous: '" + std::string(1, part.ordinary) + std::string(inner) +
                     "=' in the value of '" + std::string(name) + "'; separate attributes with ';' before " +
                     "the first '?' and with '&' after it, or write " + part.ordinary_escaped +
                     " for the character");
  }
  return {};
}

// "sesam:NAME": the whole first component, if it has no '='.
Result<void> take_short_name(std::string_view name, KeyUri& uri) {
  std::string text;
  SESAM_CHECK(percent_decode("object", name, text));
  if (has_swallowed_a_pin(text)) return swallowed_a_pin("object");
  (is_key_id(text) ? uri.key_id : is_token_label(text) ? uri.token : uri.object) = std::move(text);
  return {};
}

using Seen = std::set<std::string_view, std::less<>>;

Result<void> take_component(const Part& part, std::string_view component, KeyUri& uri, Seen& seen) {
  const auto equals = component.find('=');
  // The text is not quoted: it may be a PIN without its attribute name.
  if (equals == component.npos) return bad_uri("a component has no '='");
  const std::string_view name = component.substr(0, equals), value = component.substr(equals + 1);
  if (!is_attribute_name(name)) return bad_uri("malformed attribute name");
  SESAM_CHECK(check_one_reading(part, name, value));
  const bool is_known = attribute_named(name) != nullptr;
  if (is_name_of_a_key(name) && value.empty())  // "object=$NAME" in a script that does not set NAME
    uri.lost_name = "'" + std::string(name) + "' is empty";
  else if (!is_known && !part.is_query)  // not quoted: it may be the rest of a PIN
    uri.lost_name = "unknown attribute before the first '?'";
  // RFC 7512 lets vendor attributes repeat.
  if (is_known && !seen.insert(name).second)
    return bad_uri("duplicate attribute '" + std::string(name) + "'");
  return take_attribute(name, value, uri);
}

Result<void> take_part(const Part& part, std::string_view text, KeyUri& uri, Seen& seen) {
  for (char before = '&'; !text.empty();) {
    const auto length = std::min(text.find_first_of(part.separators), text.size());
    const std::string_view component = text.substr(0, length);
    if (before == ';' && part.is_query && !component.empty() &&
        attribute_named(component.substr(0, component.find('='))) == nullptr)
      return bad_uri(
          "ambiguous: ';' in the query, before something that is not a known attribute; write %3B " +
          std::string("if it belongs to a value"));
    if (!component.empty()) {
      if (!component.starts_with("type=")) uri.is_bare = false;
      SESAM_CHECK(take_component(part, component, uri, seen));
    }
    if (length < text.size()) before = text[length];
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return {};
}

Result<void> take_path(std::string_view text, bool may_be_short, KeyUri& uri, Seen& seen) {
  const auto length = std::min(text.find(';'), text.size());
  const std::string_view first = text.substr(0, length);
  if (may_be_short && !first.empty() && first.find('=') == first.npos) {
    SESAM_CHECK(take_short_name(first, uri));
    uri.is_bare = false;
    seen.insert("object");
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return take_part(kPath, text, uri, seen);
}

}  // namespace

bool has_key_uri_scheme(std::string_view text) noexcept { return scheme_length(text) != 0; }

bool may_hold_a_pin(std::string_view text) noexcept {
  constexpr std::string_view kPin = "pin";
  for (; text.size() >= kPin.size(); text.remove_prefix(1))
    if (equal_ignoring_case(text.substr(0, kPin.size()), kPin)) return true;
  return false;
}

bool is_key_id(std::string_view text) noexcept {
  return text.size() == kKeyIdStart.size() + kKeyIdDigits && text.starts_with(kKeyIdStart) &&
         is_hex(text.substr(kKeyIdStart.size()));
}

bool is_token_label(std::string_view text) noexcept {
  return text.size() == kKeyIdStart.size() + kTokenDigits && text.starts_with(kKeyIdStart) &&
         is_hex(text.substr(kKeyIdStart.size()));
}

std::string absent_key_id() { return std::string(kKeyIdStart) + std::string(kKeyIdDigits, '0'); }

std::string absent_token_label() { return std::string(kKeyIdStart) + std::string(kTokenDigits, '0'); }

std::string percent_encode(std::string_view text) {
  constexpr std::string_view plain = "-._~:[]@!$'()*+,";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (isalnum(byte) != 0 || plain.find(c) != plain.npos)) {
      encoded += c;
    } else {
      encoded += '%';
      append_hex(encoded, {&byte, 1});
    }
  }
  return encoded;
}

Result<KeyUri> KeyUri::parse(std::string_view text) {
  const std::size_t scheme = scheme_length(text);
  if (scheme == 0) return bad_uri("the scheme is neither pkcs11: nor sesam:");
  text.remove_prefix(scheme);
  const auto path_length = std::min(text.find('?'), text.size());
  KeyUri uri;
  Seen seen;
  SESAM_CHECK(take_path(text.substr(0, path_length), scheme == kSchemes[1].size(), uri, seen));
  text.remove_prefix(std::min(path_length + 1, text.size()));
  SESAM_CHECK(take_part(kQuery, text, uri, seen));
  SESAM_CHECK(check_names(uri));
  return uri;
}

Result<Secret> read_pin_source(const std::string& source) {
  std::string_view path = source;
  if (path.starts_with("file:")) path.remove_prefix(5);
  if (path.starts_with("//"))
    path.remove_prefix(std::min(path.find('/', 2), path.size()));  // file://host/path
  if (path.empty() || path.front() == '|')
    return Error{Reason::pin_source_unreadable, "pin-source must be a file: URI or a path"};
  const std::string file(path);
  auto pin = read_only_line(file);
  if (const auto* problem = std::get_if<std::string>(&pin))
    return Error{Reason::pin_source_unreadable, shown_source(source) + ": " + *problem};
  return std::get<Secret>(std::move(pin));
}

}  // namespace sesam::n200
