// SPDX-License-Identifier: Apache-2.0
#include "n200/key_uri.h"

#include <span>
#include <string_view>

#include "base/ascii_case.h"
#include "base/hex.h"

namespace sesam::n200 {
namespace {

constexpr std::string_view kManufacturer = "sematiconAG";  // as in the vendor's PKCS#11 module (n200.md)

std::span<const unsigned char> bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

void append(std::string& uri, std::string_view attribute, std::string_view value) {
  if (value.empty()) return;
  if (!uri.ends_with(':') && !uri.ends_with('?')) uri += ';';
  uri.append(attribute).append("=").append(percent_encode(value));
}

}  // namespace

std::string uri_of(const KeyRecord& record, UriScheme scheme, const KeyUri& found_by) {
  std::string uri = scheme == UriScheme::sesam ? "sesam:" : "pkcs11:";
  if (scheme == UriScheme::sesam)
    append(uri, "key-id", record.key_id);
  else
    append(uri, "token", record.token_label());
  append(uri, "object", record.nice_name);
  if (found_by.core) append(uri, "core", std::to_string(*found_by.core));
  if (!found_by.pin_source.empty()) append(uri += '?', "pin-source", found_by.pin_source);
  return uri;
}

std::string lookup_name(const KeyUri& uri) {
  if (!uri.key_id.empty()) return uri.key_id;
  if (!uri.token.empty()) return uri.token;
  if (!uri.id.empty()) return to_hex(bytes_of(uri.id));
  return uri.object;
}

std::string_view differing_attribute(const KeyUri& uri, const KeyRecord& record) {
  if (!uri.key_id.empty() && !equal_ignoring_case(uri.key_id, record.key_id)) return "key-id";
  if (!uri.token.empty() && !equal_ignoring_case(uri.token, record.token_label()) &&
      !equal_ignoring_case(uri.token, record.key_id))
    return "token";
  if (!uri.object.empty() && uri.object != record.nice_name) return "object";
  if (!uri.id.empty() && !equal_ignoring_case(to_hex(bytes_of(uri.id)), record.id)) return "id";
  if (!uri.serial.empty() && !equal_ignoring_case(uri.serial, record.serial())) return "serial";
  if (!uri.manufacturer.empty() && uri.manufacturer != kManufacturer) return "manufacturer";
  return {};
}

}  // namespace sesam::n200
