// SPDX-License-Identifier: Apache-2.0
#include "signature/scheme.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <string>

#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::signature {
namespace {

Error unsupported(std::string problem) { return {Reason::unsupported_scheme, std::move(problem)}; }

// A context of the default provider with the settings of `scheme`.
Result<ossl::PkeyCtx> default_context(const Scheme& scheme, EVP_PKEY* key) {
  ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), key, nullptr));
  bool ok = context && EVP_PKEY_verify_init(context.get()) == 1;
  if (ok && scheme.digest != nullptr)
    ok = EVP_PKEY_CTX_set_signature_md(context.get(), scheme.digest->md()) == 1;
  if (ok && scheme.padding == Padding::pss) {
    SESAM_TRY(salt, salt_bytes(scheme, EVP_PKEY_get_bits(key)));
    ok = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), salt) == 1;
    if (ok && scheme.mgf1_digest != nullptr)
      ok = EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), scheme.mgf1_digest->md()) == 1;
  }
  if (!ok)
    return unsupported("OpenSSL's default provider does not know the combination of key, padding and digest");
  return context;
}

}  // namespace

Result<int> salt_bytes(const Scheme& scheme, int modulus_bits) {
  if (scheme.digest == nullptr) return unsupported("PSS without a digest: set one");
  const int digest_bytes = static_cast<int>(scheme.digest->size_bytes);
  const int most = (modulus_bits - 1 + 7) / 8 - digest_bytes - 2;
  int wanted = scheme.salt.value;
  if (wanted == SaltLength::kDigest)
    wanted = digest_bytes;
  else if (wanted == SaltLength::kAuto || wanted == SaltLength::kMax)
    wanted = most;
  else if (wanted == SaltLength::kAutoDigestMax)
    wanted = std::min(digest_bytes, most);
  if (wanted < 0 || wanted > most)
    return unsupported("a PSS salt of " + std::to_string(scheme.salt.value) + " bytes; the maximum is " +
                       std::to_string(most));
  return wanted;
}

Result<void> check_offered(const Scheme& scheme) {
  if (!scheme.row().has_paddings) return {};
  if (scheme.digest == nullptr)
    return unsupported(
        "RSA without a digest: set one, the device makes the DigestInfo of the PKCS#1 padding itself");
  if (scheme.padding == Padding::pss && scheme.mgf1_digest != nullptr && scheme.mgf1_digest != scheme.digest)
    return unsupported("PSS with MGF1 of another digest: the device uses the same for both");
  return {};
}

// The ECDSA row of the request table (assumed, n200.md) does not send the hash; another might.
n200::ToSign to_sign(const Scheme& scheme, std::span<const unsigned char> digest,
                     std::string_view salt_bytes) noexcept {
  const auto hash = scheme.digest != nullptr ? n200::word_of(scheme.digest->hash) : std::string_view();
  return {scheme.row().sign, digest, n200::word_of(scheme.padding), hash, salt_bytes};
}

Result<bool> verify(const Scheme& scheme, EVP_PKEY* key, std::span<const unsigned char> digest,
                    std::span<const unsigned char> signature) {
  SESAM_TRY(context, default_context(scheme, key));
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) ==
         1;
}

Result<Bytes> algorithm_id(const Scheme& scheme, EVP_PKEY* key) {
  SESAM_TRY(context, default_context(scheme, key));
  Bytes der(512);
  OSSL_PARAM params[] = {OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, der.data(), der.size()),
                         OSSL_PARAM_END};
  if (EVP_PKEY_CTX_get_params(context.get(), params) != 1 || OSSL_PARAM_modified(params) == 0 ||
      params[0].return_size == 0)
    return unsupported("it has no AlgorithmIdentifier");
  der.resize(params[0].return_size);
  return der;
}

}  // namespace sesam::signature
