// SPDX-License-Identifier: Apache-2.0
// The one table of signature schemes: key type × padding × digest → what the device is asked, and what it
// calls it.
#pragma once

#include <openssl/types.h>

#include <span>
#include <string_view>

#include "base/hex.h"
#include "base/result.h"
#include "keymgmt/key_types.h"
#include "n200/device.h"
#include "n200/signature_words.h"
#include "ossl/core_version.h"
#include "signature/digests.h"

namespace sesam::signature {

using n200::Padding;

/// How long the salt of a PSS signature is: a number of bytes, or OpenSSL's words for it
/// (EVP_PKEY_CTX_set_rsa_pss_saltlen(3)).
struct SaltLength {
  static constexpr int kDigest = -1, kAuto = -2, kMax = -3, kAutoDigestMax = -4;
  int value = kAuto;

  /// What OpenSSL's default provider begins with: the longest that fits in 3.0, at most the digest's length
  /// from 3.1 on.
  static SaltLength default_of(ossl::CoreVersion version) noexcept {
    return {version >= ossl::CoreVersion{3, 1} ? kAutoDigestMax : kAuto};
  }
};

/// What a context is set to sign, and how.
struct Scheme {
  keymgmt::KeyType type{};
  Padding padding = Padding::none;
  const Digest* digest = nullptr;  ///< null: not told, the digest's length says nothing (not with paddings)
  const Digest* mgf1_digest = nullptr;  ///< null: the same as digest
  SaltLength salt;

  static Scheme for_type(keymgmt::KeyType type, SaltLength salt = {}) noexcept {
    const bool has_paddings = keymgmt::row_of(type).has_paddings;
    return {type, has_paddings ? Padding::pkcs1 : Padding::none, nullptr, nullptr, salt};
  }
  const keymgmt::KeyTypeRow& row() const noexcept { return keymgmt::row_of(type); }
};

/// The salt's length in bytes for a modulus of `modulus_bits` (RFC 8017, section 9.1.1). Raises
/// unsupported_scheme where it does not fit, and for a scheme without a digest.
Result<int> salt_bytes(const Scheme& scheme, int modulus_bits);

/// Raises unsupported_scheme for what the device cannot be asked: RSA without a digest, MGF1 with another
/// digest, PKCS#1 without DigestInfo.
Result<void> check_offered(const Scheme& scheme);

/// What to ask the device for. `salt_bytes`: of PSS, in decimal, else empty; it must outlive the result, as
/// must the digest.
n200::ToSign to_sign(const Scheme& scheme, std::span<const unsigned char> digest,
                     std::string_view salt_bytes) noexcept;

/// A signature that the device made by the scheme, with a salt of exactly that length. By OpenSSL's default
/// provider, in our own library context.
Result<bool> verify(const Scheme& scheme, EVP_PKEY* key, std::span<const unsigned char> digest,
                    std::span<const unsigned char> signature);

/// The DER form of the scheme's AlgorithmIdentifier (RFC 5280, section 4.1.1.2), with complete parameters for
/// PSS (RFC 4055), as OpenSSL's default provider makes it. Raises unsupported_scheme where there is none.
Result<Bytes> algorithm_id(const Scheme& scheme, EVP_PKEY* key);

}  // namespace sesam::signature
