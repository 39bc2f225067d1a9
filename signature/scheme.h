// SPDX-License-Identifier: Apache-2.0
// Signature schemes: key type × padding × digest, mapped to the request to the device and to the device's
// names for them.
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

/// The salt length of a PSS signature: a number of bytes, or one of OpenSSL's special values
/// (EVP_PKEY_CTX_set_rsa_pss_saltlen(3)).
struct SaltLength {
  static constexpr int kDigest = -1, kAuto = -2, kMax = -3, kAutoDigestMax = -4;
  int value = kAuto;

  /// The default of OpenSSL's default provider: the longest that fits in 3.0; from 3.1 on, at most the length
  /// of the digest.
  static SaltLength default_of(ossl::CoreVersion version) noexcept {
    return {version >= ossl::CoreVersion{3, 1} ? kAutoDigestMax : kAuto};
  }
};

/// What a context is set to sign, and how.
struct Scheme {
  keymgmt::KeyType type{};
  Padding padding = Padding::none;
  const Digest* digest = nullptr;  ///< null: not set, so its length is not checked (required with paddings)
  const Digest* mgf1_digest = nullptr;  ///< null: the same as digest
  SaltLength salt;

  static Scheme for_type(keymgmt::KeyType type, SaltLength salt = {}) noexcept {
    const bool has_paddings = keymgmt::row_of(type).has_paddings;
    return {type, has_paddings ? Padding::pkcs1 : Padding::none, nullptr, nullptr, salt};
  }
  const keymgmt::KeyTypeRow& row() const noexcept { return keymgmt::row_of(type); }
};

/// The salt's length in bytes for a modulus of `modulus_bits` (RFC 8017, section 9.1.1). Raises
/// unsupported_scheme if it does not fit, or if the scheme has no digest.
Result<int> salt_bytes(const Scheme& scheme, int modulus_bits);

/// Raises unsupported_scheme for what the device does not offer: RSA without a digest (the device makes the
/// DigestInfo itself), and MGF1 with another digest.
Result<void> check_offered(const Scheme& scheme);

/// The request to the device. `salt_bytes`: for PSS, in decimal, else empty; it must outlive the result, as
/// must the digest.
n200::ToSign to_sign(const Scheme& scheme, std::span<const unsigned char> digest,
                     std::string_view salt_bytes) noexcept;

/// Verifies a signature that the device made by the scheme, with a salt of exactly that length, using
/// OpenSSL's default provider in our own library context. Raises unsupported_scheme.
Result<bool> verify(const Scheme& scheme, EVP_PKEY* key, std::span<const unsigned char> digest,
                    std::span<const unsigned char> signature);

/// The DER form of the scheme's AlgorithmIdentifier (RFC 5280, section 4.1.1.2), with complete parameters for
/// PSS (RFC 4055), as OpenSSL's default provider encodes it. Raises unsupported_scheme if there is none.
Result<Bytes> algorithm_id(const Scheme& scheme, EVP_PKEY* key);

}  // namespace sesam::signature
