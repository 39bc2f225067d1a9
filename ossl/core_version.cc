// SPDX-License-Identifier: Apache-2.0
#include "ossl/core_version.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <charconv>
#include <cstring>

namespace sesam::ossl {

CoreVersion version_of(const Core& core) noexcept {
  char* text = nullptr;
  OSSL_PARAM params[] = {OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_CORE_VERSION, &text, 0), OSSL_PARAM_END};
  if (core.get_params == nullptr || core.get_params(core.handle, params) != 1 || text == nullptr) return {};
  const char* end = text + std::strlen(text);
  CoreVersion version;
  const auto [dot, failed] = std::from_chars(text, end, version.major);
  if (failed != std::errc{} || dot == end || *dot != '.') return {};
  if (std::from_chars(dot + 1, end, version.minor).ec != std::errc{}) return {};
  return version;
}

}  // namespace sesam::ossl
