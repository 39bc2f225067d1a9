// SPDX-License-Identifier: Apache-2.0
#include "cli/device_access.h"

#include <array>

#include "n200/uri.h"

namespace sesam::cli {

bool is_denial(Reason reason) noexcept {
  return reason == Reason::access_denied || reason == Reason::no_access_rule;
}

Result<void> sign_with_absent_key(n200::Device& device, unsigned core) {
  const n200::KeyHandle absent(n200::absent_key_id(), n200::absent_token_label(), "none", core, {});
  const std::array<unsigned char, 32> digest{};  // of SHA-256
  std::array<unsigned char, 64> signature{};     // by P-256
  SESAM_CHECK(device.sign(absent, {n200::Operation::ec_sign, digest}, signature));
  return {};
}

}  // namespace sesam::cli
