// SPDX-License-Identifier: Apache-2.0
#include "n200/curves.h"

#include <openssl/ec.h>
#include <openssl/objects.h>

namespace sesam::n200 {
namespace {

constexpr Curve kCurves[] = {
    {KeyFamily::nist, 256, 32, "prime256v1", NID_X9_62_prime256v1},
    {KeyFamily::nist, 384, 48, "secp384r1", NID_secp384r1},
    {KeyFamily::nist, 521, 66, "secp521r1", NID_secp521r1},
    {KeyFamily::brainpool, 256, 32, "brainpoolP256r1", NID_brainpoolP256r1},
    {KeyFamily::brainpool, 384, 48, "brainpoolP384r1", NID_brainpoolP384r1},
    {KeyFamily::brainpool, 512, 64, "brainpoolP512r1", NID_brainpoolP512r1},
};

}  // namespace

std::span<const Curve> curves() noexcept { return kCurves; }

const Curve* curve_of(const KeyRecord& record) noexcept {
  for (const auto& curve : kCurves)
    if (word_of(curve.family) == record.key_type && curve.bits == record.key_bits) return &curve;
  return nullptr;
}

const Curve* curve_named(const char* group) noexcept {
  int nid = EC_curve_nist2nid(group);
  if (nid == NID_undef) nid = OBJ_txt2nid(group);
  for (const auto& curve : kCurves)
    if (nid == curve.nid) return &curve;
  return nullptr;
}

}  // namespace sesam::n200
