// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key_types.h"

#include <openssl/core_names.h>

#include "base/ascii_case.h"
#include "keymgmt/device_params.h"
#include "keymgmt/public_key.h"

namespace sesam::keymgmt {
namespace {

constexpr unsigned char kUncompressed = 0x04;  // SEC 1, section 2.3.3

ossl::Pkey from_builder(KeyType type, OSSL_PARAM_BLD* builder) {
  const ossl::Params params(OSSL_PARAM_BLD_to_param(builder));
  return params ? public_key_from(type, params.get()) : nullptr;
}

#define SESAM_COMMON_PARAMS                                                                               \
  OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr), OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),  \
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr), OSSL_PARAM_int(kSecurityCategoryParam, nullptr), \
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, nullptr, 0),                                 \
      OSSL_PARAM_utf8_string(kKeyIdParam, nullptr, 0), OSSL_PARAM_utf8_string(kNameParam, nullptr, 0),    \
      OSSL_PARAM_utf8_string(kUriParam, nullptr, 0), OSSL_PARAM_uint(kCoreParam, nullptr)
#define SESAM_EC_PUBLIC_PARAMS                                    \
  OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0), \
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0)
#define SESAM_RSA_PUBLIC_PARAMS \
  OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, nullptr, 0), OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, nullptr, 0)

}  // namespace

const OSSL_PARAM kEcPublicParams[] = {SESAM_EC_PUBLIC_PARAMS, OSSL_PARAM_END};
const OSSL_PARAM kEcSettableParams[] = {
    OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_GROUP_CHECK_TYPE, nullptr, 0),
    OSSL_PARAM_int(OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, nullptr),
    OSSL_PARAM_int(OSSL_PKEY_PARAM_USE_COFACTOR_ECDH, nullptr),
    OSSL_PARAM_END};
const OSSL_PARAM kEcGettableParams[] = {
    SESAM_COMMON_PARAMS,
    SESAM_EC_PUBLIC_PARAMS,
    OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_X, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_Y, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, nullptr, 0),
    OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_FIELD_TYPE, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_P, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_A, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_B, nullptr, 0),
    OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_EC_GENERATOR, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_ORDER, nullptr, 0),
    OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_COFACTOR, nullptr, 0),
    OSSL_PARAM_END};

bool has_ec_type(const n200::KeyRecord& record) { return n200::curve_of(record) != nullptr; }

// OpenSSL checks that the point is on its curve.
ossl::Pkey ec_public_key(const n200::KeyRecord& record) {
  const n200::Curve& curve = *n200::curve_of(record);
  if (record.public_key.size() != 2 * curve.field_bytes) return nullptr;
  Bytes point{kUncompressed};
  point.insert(point.end(), record.public_key.begin(), record.public_key.end());
  const ossl::ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1)
    return nullptr;
  return from_builder(KeyType::ec, builder.get());
}

const OSSL_PARAM kRsaPublicParams[] = {SESAM_RSA_PUBLIC_PARAMS, OSSL_PARAM_END};
const OSSL_PARAM kRsaSettableParams[] = {OSSL_PARAM_END};
const OSSL_PARAM kRsaGettableParams[] = {SESAM_COMMON_PARAMS, SESAM_RSA_PUBLIC_PARAMS, OSSL_PARAM_END};

bool has_rsa_type(const n200::KeyRecord& record) {
  return n200::family_of(record.key_type) == n200::KeyFamily::rsa;
}

ossl::Pkey rsa_public_key(const n200::KeyRecord& record) {
  constexpr const auto& row = row_of(KeyType::rsa);
  const auto number = [](const Bytes& bytes) {
    return ossl::Bignum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  };
  const ossl::Bignum n = number(record.modulus), e = number(record.exponent);
  const ossl::ParamBuilder builder(OSSL_PARAM_BLD_new());
  const auto bits = n ? static_cast<unsigned>(BN_num_bits(n.get())) : 0;
  if (!e || !builder || bits < row.min_bits || bits > row.max_bits || BN_is_odd(e.get()) == 0 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return from_builder(KeyType::rsa, builder.get());
}

std::optional<KeyType> key_type_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < std::size(kKeyTypes); ++i)
    if (equal_ignoring_case(kKeyTypes[i].name, name)) return static_cast<KeyType>(i);
  return std::nullopt;
}

std::vector<std::string> key_type_names() {
  std::vector<std::string> names;
  for (const auto& row : kKeyTypes) names.emplace_back(row.name);
  return names;
}

bool set_kind(n200::NewKey& key, KeyType type, const std::string& curve, unsigned bits) {
  const KeyTypeRow& row = row_of(type);
  key.operation = row.generate;
  key.bits = bits != 0 ? bits : row.default_bits;
  if (!row.has_curves()) return true;
  const auto* found = n200::curve_named(curve.empty() ? row.default_curve : curve.c_str());
  if (found != nullptr) set_curve(key, *found);
  return found != nullptr;
}

void set_curve(n200::NewKey& key, const n200::Curve& curve) {
  key.curve_type = n200::word_of(curve.family);
  key.bits = curve.bits;
}

}  // namespace sesam::keymgmt
