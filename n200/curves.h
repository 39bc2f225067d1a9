// SPDX-License-Identifier: Apache-2.0
// The elliptic curves of the device's keys.
#pragma once

#include <cstddef>
#include <span>

#include "n200/key_record.h"
#include "n200/key_type_forms.h"

namespace sesam::n200 {

/// One curve, in the device's terms (n200.md: key_type and key_len) and in OpenSSL's.
struct Curve {
  KeyFamily family;
  unsigned bits;
  std::size_t field_bytes;  ///< size of each of X, Y, r and s
  const char* group;        ///< as OpenSSL's own EC keys report it
  int nid;
};

std::span<const Curve> curves() noexcept;

/// The curve of a device's key; null if the key is not on any of them.
const Curve* curve_of(const KeyRecord& record) noexcept;

/// The curve with this OpenSSL name, or any of its aliases ("P-256", "prime256v1", ...); null if the device
/// does not have it.
const Curve* curve_named(const char* group) noexcept;

}  // namespace sesam::n200
