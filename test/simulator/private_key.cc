// SPDX-License-Identifier: Apache-2.0
#include "private_key.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <array>

#include "failure.h"
#include "hex.h"

namespace sesam::simulator {
namespace {

void check(bool ok) {
  if (!ok) throw DeviceError(Failure::internal, "OpenSSL");
}

Bytes stored_bytes(const std::string& hex) {
  auto bytes = from_hex(hex);
  if (!bytes) throw DeviceError(Failure::internal, "stored key");
  return std::move(*bytes);
}

PkeyPtr load_ec(const KeyMaterial& material) {
  const Bytes scalar = stored_bytes(material.private_hex);
  Bytes point = stored_bytes(material.public_hex);
  point.insert(point.begin(), POINT_CONVERSION_UNCOMPRESSED);
  const BignumPtr number(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  const char* group = OBJ_nid2sn(curve_nid(material.type, material.bits));
  check(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1);
  check(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) == 1);
  check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1);
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
  const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* pkey = nullptr;
  check(EVP_PKEY_fromdata_init(ctx.get()) == 1);
  check(EVP_PKEY_fromdata(ctx.get(), &pkey, EVP_PKEY_KEYPAIR, params.get()) == 1);
  return PkeyPtr(pkey);
}

PkeyPtr load_rsa(const KeyMaterial& material) {
  const Bytes der = stored_bytes(material.private_hex);
  const std::uint8_t* at = der.data();
  PkeyPtr pkey(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  check(pkey != nullptr);
  return pkey;
}

struct Digest {
  std::string_view hashalg;
  const char* name;
};
constexpr std::array kDigests{
    Digest{"SHA1", "SHA1"},
    Digest{"SHA224", "SHA224"},
    Digest{"SHA256", "SHA256"},
    Digest{"SHA384", "SHA384"},
    Digest{"SHA512", "SHA512"},
    Digest{"SHA512-224", "SHA512-224"},
    Digest{"SHA512-256", "SHA512-256"},
    Digest{"SHA3-224", "SHA3-224"},
    Digest{"SHA3-256", "SHA3-256"},
    Digest{"SHA3-384", "SHA3-384"},
    Digest{"SHA3-512", "SHA3-512"},
};

}  // namespace

const char* digest_name(std::string_view hashalg) {
  for (const Digest& digest : kDigests) {
    if (digest.hashalg == hashalg) return digest.name;
  }
  return nullptr;
}

PrivateKey::PrivateKey(const KeyMaterial& material) : size_(field_bytes(material.bits)) {
  if (material.type == KeyType::rsa) {
    pkey_ = load_rsa(material);
    return;
  }
  pkey_ = load_ec(material);
  ecdsa_.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey_.get(), nullptr));
  check(ecdsa_ && EVP_PKEY_sign_init(ecdsa_.get()) == 1);
}

std::string PrivateKey::sign_ecdsa(std::span<const std::uint8_t> digest) {
  std::array<std::uint8_t, 160> der{};  // P-521: at most 139 bytes
  std::size_t size = der.size();
  check(EVP_PKEY_sign(ecdsa_.get(), der.data(), &size, digest.data(), digest.size()) == 1);
  const std::uint8_t* at = der.data();
  const EcdsaSigPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  check(signature != nullptr);
  Bytes raw(2 * size_);
  check(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), static_cast<int>(size_)) >= 0);
  check(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + size_, static_cast<int>(size_)) >= 0);
  return to_hex(raw);
}

std::string PrivateKey::sign_rsa(const RsaScheme& scheme, std::span<const std::uint8_t> digest) {
  const EVP_MD* md = EVP_get_digestbyname(scheme.hash_name.c_str());
  if (md == nullptr || static_cast<std::size_t>(EVP_MD_get_size(md)) != digest.size()) {
    throw DeviceError(Failure::malformed, "hash");
  }
  const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey_.get(), nullptr));
  const bool pss = scheme.padding == RsaPadding::pss;
  check(ctx && EVP_PKEY_sign_init(ctx.get()) == 1);
  check(EVP_PKEY_CTX_set_rsa_padding(ctx.get(), pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1);
  check(EVP_PKEY_CTX_set_signature_md(ctx.get(), md) == 1);
  if (pss) check(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx.get(), scheme.salt_bytes) == 1);
  Bytes signature(size_);
  std::size_t size = signature.size();
  if (EVP_PKEY_sign(ctx.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    throw DeviceError(Failure::malformed, "saltlen");  // the only remaining cause
  }
  signature.resize(size);
  return to_hex(signature);
}

}  // namespace sesam::simulator
