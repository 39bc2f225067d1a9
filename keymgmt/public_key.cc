// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/public_key.h"

#include <openssl/core_names.h>

#include <string>

#include "keymgmt/curves.h"
#include "ossl/crypto.h"

namespace sesam::keymgmt {
namespace {

constexpr unsigned char kUncompressed = 0x04;  // SEC 1, section 2.3.3
constexpr std::string_view kRsaType = "RSA";
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 4096;  // n200.md

std::string described(const n200::KeyRecord& record) {
  return "key '" + record.nice_name + "' (" + record.key_id + "), of type " + record.key_type + ", " +
         std::to_string(record.key_bits) + " bits";
}

ossl::Pkey from_builder(KeyType type, OSSL_PARAM_BLD* builder) {
  const ossl::Params params(OSSL_PARAM_BLD_to_param(builder));
  return params ? public_key_from(type, params.get()) : nullptr;
}

ossl::Pkey ec_from_point(const Curve& curve, const Bytes& x_and_y) {
  if (x_and_y.size() != 2 * curve.field_bytes) return nullptr;
  Bytes point{kUncompressed};
  point.insert(point.end(), x_and_y.begin(), x_and_y.end());
  const ossl::ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1)
    return nullptr;
  return from_builder(KeyType::ec, builder.get());
}

ossl::Pkey rsa_from_numbers(const Bytes& modulus, const Bytes& exponent) {
  const ossl::Bignum n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  const ossl::Bignum e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  const ossl::ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < kLeastRsaBits || BN_num_bits(n.get()) > kMostRsaBits ||
      BN_is_odd(e.get()) == 0 || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return from_builder(KeyType::rsa, builder.get());
}

}  // namespace

const char* name_of(KeyType type) noexcept { return type == KeyType::ec ? "EC" : "RSA"; }

Result<KeyType> type_of(const n200::KeyRecord& record) {
  if (record.key_type == kRsaType) return KeyType::rsa;
  if (find_curve(record.key_type, record.key_bits) != nullptr) return KeyType::ec;
  return Error{Reason::unsupported_key, described(record)};
}

Result<ossl::Pkey> public_key_of(const n200::KeyRecord& record, KeyType type) {
  ossl::Pkey key = type == KeyType::rsa
                       ? rsa_from_numbers(record.modulus, record.exponent)
                       : ec_from_point(*find_curve(record.key_type, record.key_bits), record.public_key);
  if (!key)
    return Error{Reason::bad_public_key,
                 described(record) + ": what the device told is no public key of that type"};
  return key;
}

ossl::Pkey public_key_from(KeyType type, const OSSL_PARAM params[]) {
  EVP_PKEY* made = nullptr;
  const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_name(ossl::private_libctx(), name_of(type), nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  // EVP_PKEY_fromdata(3) only reads the parameters.
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(params)) != 1)
    return nullptr;
  return ossl::Pkey(made);
}

std::size_t device_signature_bytes(KeyType type, const EVP_PKEY* key) {
  const auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key));
  return (type == KeyType::ec ? 2 : 1) * ((bits + 7) / 8);
}

}  // namespace sesam::keymgmt
