// SPDX-License-Identifier: Apache-2.0
// The elliptic curves that the device's keys can be on.
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
  std::size_t field_bytes;  ///< of X, of Y, of r and of s
  const char* group;        ///< as OpenSSL's own EC keys report it
  int nid;
};

std::span<const Curve> curves() noexcept;

/// The curve of a device's key; null if the key is not on any of them.
const Curve* curve_of(const KeyRecord& record) noexcept;

/// The curve that OpenSSL calls by that name, any of its aliases ("P-256", "prime256v1", ...); null for one
/// that the device does not have.
const Curve* curve_named(const char* group) noexcept;

}  // namespace sesam::n200
