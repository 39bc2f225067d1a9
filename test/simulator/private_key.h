// SPDX-License-Identifier: Apache-2.0
// A private key that is ready to sign, used on a core's thread.
#pragma once

#include <span>
#include <string>

#include "key_material.h"
#include "openssl_handles.h"

namespace sesam::simulator {

enum class RsaPadding { pkcs1, pss };

// The parameters of rsasign (n200.md, ASSUMED).
struct RsaScheme {
  RsaPadding padding = RsaPadding::pkcs1;
  std::string hash_name;  // OpenSSL's name of the digest
  int salt_bytes = 0;     // PSS only; MGF1 uses the same digest
};

// A key that is ready to sign. Used by one thread only, that of its core.
class PrivateKey {
 public:
  explicit PrivateKey(const KeyMaterial& material);

  // Returns r‖s in hex, each padded to the field size. A digest longer than the order is truncated (ECDSA).
  std::string sign_ecdsa(std::span<const std::uint8_t> digest);
  // The signature in hex, as long as the modulus. Throws DeviceError if digest and scheme do not match.
  std::string sign_rsa(const RsaScheme& scheme, std::span<const std::uint8_t> digest);

 private:
  PkeyPtr pkey_;
  PkeyCtxPtr ecdsa_;  // kept initialised: saves 2 µs per signature
  std::size_t size_;  // bytes of the field or the modulus
};

// OpenSSL's name ("SHA256") for a device's `hashalg`; nullptr if the device does not support it.
const char* digest_name(std::string_view hashalg);

}  // namespace sesam::simulator
