// SPDX-License-Identifier: Apache-2.0
#include "n200/key_uri.h"

#include <string_view>

namespace sesam::n200 {
namespace {

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

}  // namespace sesam::n200
