// SPDX-License-Identifier: Apache-2.0
#include "base/wiped_text.h"

#include <openssl/crypto.h>

namespace sesam {

void wipe(void* memory, std::size_t bytes) noexcept {
  if (bytes != 0) OPENSSL_cleanse(memory, bytes);
}

}  // namespace sesam
