// SPDX-License-Identifier: Apache-2.0
// The elliptic curves that the device's keys can be on.
#pragma once

#include <cstddef>
#include <string_view>

namespace sesam::keymgmt {

/// One curve: how the device calls it (n200.md: key_type and key_len) and how OpenSSL does.
struct Curve {
  std::string_view key_type;
  unsigned key_bits;
  const char* group;        ///< OpenSSL's group name, as its own EC keys answer it
  std::size_t field_bytes;  ///< of X, of Y, of r and of s
};

/// The curve of a device's key; null where there is none.
const Curve* find_curve(std::string_view key_type, unsigned key_bits) noexcept;

/// The curve that OpenSSL calls by that name, any of its aliases ("P-256", "prime256v1", ...); null where the
/// device has none such.
const Curve* find_curve_of_group(const char* group) noexcept;

}  // namespace sesam::keymgmt
