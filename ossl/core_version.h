// SPDX-License-Identifier: Apache-2.0
// The version of the OpenSSL that loaded the provider, which may be newer than the one it was built with.
#pragma once

#include "ossl/error_stack.h"

namespace sesam::ossl {

struct CoreVersion {
  unsigned major = 0, minor = 0;  // 0.0: unknown
  auto operator<=>(const CoreVersion&) const = default;
};

CoreVersion version_of(const Core& core) noexcept;

}  // namespace sesam::ossl
