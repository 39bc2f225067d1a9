// SPDX-License-Identifier: Apache-2.0
#include "cli/key_kind.h"

#include <openssl/ec.h>

#include "n200/curves.h"

namespace sesam::cli {
namespace {

std::string name_of(const n200::Curve& curve) {
  const char* nist = EC_curve_nid2nist(curve.nid);
  return nist == nullptr ? curve.group : nist;
}

}  // namespace

std::string kind_of(const n200::KeyRecord& record) {
  if (const auto* curve = n200::curve_of(record)) return name_of(*curve);
  return record.key_type + (record.key_bits == 0 ? "" : "-" + std::to_string(record.key_bits));
}

std::string type_of(const n200::KeyRecord& record) {
  const auto family = n200::family_of(record.key_type);
  const bool is_ec = family == n200::KeyFamily::nist || family == n200::KeyFamily::brainpool;
  return is_ec ? key_types().front() : record.key_type;
}

const std::vector<std::string>& key_types() {
  static const std::vector<std::string> types{"EC", "RSA", "SYM"};
  return types;
}

std::vector<std::string> curve_names() {
  std::vector<std::string> names;
  for (const auto& curve : n200::curves()) names.push_back(name_of(curve));
  return names;
}

}  // namespace sesam::cli
