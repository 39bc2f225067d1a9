// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/curves.h"

#include <openssl/ec.h>
#include <openssl/objects.h>

namespace sesam::keymgmt {
namespace {

constexpr Curve kCurves[] = {
    {"NIST", 256, "prime256v1", 32},
    {"NIST", 384, "secp384r1", 48},
    {"NIST", 521, "secp521r1", 66},
    {"BRAINPOOL", 256, "brainpoolP256r1", 32},
    {"BRAINPOOL", 384, "brainpoolP384r1", 48},
    {"BRAINPOOL", 512, "brainpoolP512r1", 64},
};

}  // namespace

const Curve* find_curve(std::string_view key_type, unsigned key_bits) noexcept {
  for (const auto& curve : kCurves)
    if (curve.key_type == key_type && curve.key_bits == key_bits) return &curve;
  return nullptr;
}

const Curve* find_curve_of_group(const char* group) noexcept {
  int nid = EC_curve_nist2nid(group);
  if (nid == NID_undef) nid = OBJ_txt2nid(group);
  for (const auto& curve : kCurves)
    if (nid != NID_undef && nid == OBJ_txt2nid(curve.group)) return &curve;
  return nullptr;
}

}  // namespace sesam::keymgmt
