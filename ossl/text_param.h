// SPDX-License-Identifier: Apache-2.0
// The text of an OSSL_PARAM(3).
#pragma once

#include <openssl/params.h>

#include <optional>
#include <string_view>

namespace sesam::ossl {

/// The text of a parameter of the type utf8_string or utf8_ptr, without a terminator: of a utf8_string only
/// data_size bytes may be read, and a terminator inside them ends it. Nothing if it is of another type or has
/// no data. It lives as long as the parameter's data.
inline std::optional<std::string_view> text_of(const OSSL_PARAM& param) noexcept {
  const char* data = nullptr;
  if (OSSL_PARAM_get_utf8_string_ptr(&param, &data) != 1 || data == nullptr) return std::nullopt;
  if (param.data_type == OSSL_PARAM_UTF8_PTR) return std::string_view(data);
  const std::string_view all(data, param.data_size);
  return all.substr(0, all.find('\0'));
}

}  // namespace sesam::ossl
