// SPDX-License-Identifier: Apache-2.0
#include "key_material.h"

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>

#include "failure.h"
#include "hex.h"
#include "openssl_handles.h"

namespace sesam::simulator {
namespace {

constexpr std::array<std::string_view, 4> kTypeNames{"NIST", "BRAINPOOL", "RSA", "SYM"};

struct Curve {
  KeyType family;
  int bits;
  int nid;
};
constexpr std::array kCurves{
    Curve{KeyType::nist, 256, NID_X9_62_prime256v1},
    Curve{KeyType::nist, 384, NID_secp384r1},
    Curve{KeyType::nist, 521, NID_secp521r1},
    Curve{KeyType::brainpool, 256, NID_brainpoolP256r1},
    Curve{KeyType::brainpool, 384, NID_brainpoolP384r1},
    Curve{KeyType::brainpool, 512, NID_brainpoolP512r1},
};

void check(bool ok) {
  if (!ok) throw DeviceError(Failure::internal, "OpenSSL");
}

// Groups are expensive to create and read-only afterwards, so each core's thread keeps its own.
const EC_GROUP* group_of(KeyType family, int bits) {
  thread_local std::array<EcGroupPtr, kCurves.size()> groups;
  for (std::size_t i = 0; i < kCurves.size(); ++i) {
    if (kCurves[i].family != family || kCurves[i].bits != bits) continue;
    if (!groups[i]) groups[i].reset(EC_GROUP_new_by_curve_name(kCurves[i].nid));
    return groups[i].get();
  }
  throw DeviceError(Failure::unsupported, "curve");
}

std::string padded_hex(const BIGNUM* number, std::size_t size) {
  Bytes bytes(size);
  check(BN_bn2binpad(number, bytes.data(), static_cast<int>(size)) >= 0);
  return to_hex(bytes);
}

KeyMaterial material_of_scalar(KeyType family, int bits, const EC_GROUP* group, const BIGNUM* scalar) {
  const BnCtxPtr ctx(BN_CTX_new());
  const EcPointPtr point(EC_POINT_new(group));
  const BignumPtr x(BN_new());
  const BignumPtr y(BN_new());
  check(EC_POINT_mul(group, point.get(), scalar, nullptr, nullptr, ctx.get()) == 1);
  check(EC_POINT_get_affine_coordinates(group, point.get(), x.get(), y.get(), ctx.get()) == 1);
  const std::size_t size = field_bytes(bits);
  KeyMaterial material;
  material.type = family;
  material.bits = bits;
  material.private_hex = padded_hex(scalar, size);
  material.public_hex = padded_hex(x.get(), size) + padded_hex(y.get(), size);
  return material;
}

std::string pkey_number_hex(const EVP_PKEY* pkey, const char* name, std::size_t size) {
  BIGNUM* number = nullptr;
  check(EVP_PKEY_get_bn_param(pkey, name, &number) == 1);
  const BignumPtr owner(number);
  return padded_hex(number, size == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : size);
}

}  // namespace

std::string_view type_name(KeyType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<KeyType> parse_type(std::string_view name) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<KeyType>(i);
  }
  return std::nullopt;
}

int curve_nid(KeyType family, int bits) {
  for (const Curve& curve : kCurves) {
    if (curve.family == family && curve.bits == bits) return curve.nid;
  }
  return 0;
}

std::size_t field_bytes(int bits) { return static_cast<std::size_t>(bits + 7) / 8; }

KeyMaterial generate_ec(KeyType family, int bits) {
  const EC_GROUP* group = group_of(family, bits);
  const BignumPtr scalar(BN_new());
  do {
    check(BN_priv_rand_range(scalar.get(), EC_GROUP_get0_order(group)) == 1);
  } while (BN_is_zero(scalar.get()));
  return material_of_scalar(family, bits, group, scalar.get());
}

KeyMaterial import_ec(KeyType family, int bits, std::span<const std::uint8_t> scalar) {
  const EC_GROUP* group = group_of(family, bits);
  const BignumPtr number(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
  check(number != nullptr);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group)) >= 0) {
    throw DeviceError(Failure::malformed, "key_to_import");
  }
  return material_of_scalar(family, bits, group, number.get());
}

KeyMaterial generate_rsa(int bits) {
  if (bits < 1024 || bits > 8192 || bits % 256 != 0) throw DeviceError(Failure::unsupported, "keysize");
  const PkeyPtr pkey(EVP_RSA_gen(static_cast<unsigned>(bits)));
  check(pkey != nullptr);
  std::uint8_t* der = nullptr;
  const int size = i2d_PrivateKey(pkey.get(), &der);
  check(size > 0);
  KeyMaterial material;
  material.type = KeyType::rsa;
  material.bits = bits;
  material.private_hex = to_hex({der, static_cast<std::size_t>(size)});
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  material.modulus_hex = pkey_number_hex(pkey.get(), OSSL_PKEY_PARAM_RSA_N, field_bytes(bits));
  material.exponent_hex = pkey_number_hex(pkey.get(), OSSL_PKEY_PARAM_RSA_E, 0);
  return material;
}

KeyMaterial generate_symmetric(int bits) {
  if (bits != 128 && bits != 192 && bits != 256) throw DeviceError(Failure::unsupported, "keysize");
  Bytes bytes(static_cast<std::size_t>(bits) / 8);
  check(RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  KeyMaterial material;
  material.type = KeyType::sym;
  material.bits = bits;
  material.private_hex = to_hex(bytes);
  return material;
}

KeyMaterial generate(KeyType type, int bits) {
  if (type == KeyType::rsa) return generate_rsa(bits);
  if (type == KeyType::sym) return generate_symmetric(bits);
  return generate_ec(type, bits);
}

}  // namespace sesam::simulator
