// SPDX-License-Identifier: Apache-2.0
// The text of an OSSL_PARAM(3).
#pragma once

#include <openssl/params.h>

#include <optional>
#include <string_view>

namespace sesam::ossl {

/// The text of a utf8_string or utf8_ptr parameter, without the terminator. Reads at most
/// data_size bytes of a utf8_string, up to a terminator among them. nullopt if the parameter
/// has another type or no data. The view is valid as long as the parameter's data.
inline std::optional<std::string_view> text_of(const OSSL_PARAM& param) noexcept {
  const char* data = nullptr;
  if (OSSL_PARAM_get_utf8_string_ptr(&param, &data) != 1 || data == nullptr) return std::nullopt;
  if (param.data_type == OSSL_PARAM_UTF8_PTR) return std::string_view(data);
  const std::string_view all(data, param.data_size);
  return all.substr(0, all.find('\0'));
}

}  // namespace sesam::ossl
