// SPDX-License-Identifier: Apache-2.0
// OpenSSL's objects to DER and from PEM, in our own library context and without ever asking for a passphrase.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>

#include <string_view>

#include "base/hex.h"
#include "ossl/handles.h"

namespace sesam::ossl {

/// The DER form by an i2d function; empty if it fails.
template <class Object, class Encode>
Bytes der_of(const Object* object, Encode encode) {
  unsigned char* encoded = nullptr;
  const int length = encode(object, &encoded);
  if (length <= 0) return {};
  Bytes der(encoded, encoded + length);
  OPENSSL_free(encoded);
  return der;
}

/// What was written into a memory BIO, which must outlive it.
std::string_view text_in(BIO* memory);

/// The first certificate in the text; null if there is none, or if it is encrypted.
X509Certificate certificate_of_pem(std::string_view pem);

/// The first private key in the text; null if there is none without a passphrase. `encrypted` becomes true if
/// there is one with a passphrase.
Pkey private_key_of_pem(std::string_view pem, bool& encrypted);

}  // namespace sesam::ossl
