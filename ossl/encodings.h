// SPDX-License-Identifier: Apache-2.0
// Converts OpenSSL's objects to DER and from PEM, in our own library context and without passphrase prompts.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>

#include <string_view>

#include "base/hex.h"
#include "base/secret.h"
#include "ossl/handles.h"

namespace sesam::ossl {

/// The DER form made by an i2d function; empty on failure.
template <class Object, class Encode>
Bytes der_of(const Object* object, Encode encode) {
  unsigned char* encoded = nullptr;
  const int length = encode(object, &encoded);
  if (length <= 0) return {};
  Bytes der(encoded, encoded + length);
  OPENSSL_free(encoded);
  return der;
}

/// One object of a PEM text, in memory that is wiped.
struct PemObject {
  PemObject() = default;
  PemObject(const PemObject&) = delete;
  PemObject& operator=(const PemObject&) = delete;
  ~PemObject();
  /// Reads the next object; only once. False if there is none, or if it is malformed.
  bool read(BIO* in);
  Secret der() const;

  char *label = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
};

/// The contents of a memory BIO, which must outlive the view.
std::string_view text_in(BIO* memory);

/// The first certificate in the text; null if there is none, or if it is encrypted.
X509Certificate certificate_of_pem(std::string_view pem);

/// The first private key in the text; null if there is none or it is
/// encrypted. Sets `encrypted` to true if a passphrase is needed.
Pkey private_key_of_pem(std::string_view pem, bool& encrypted);

}  // namespace sesam::ossl
