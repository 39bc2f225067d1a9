// SPDX-License-Identifier: Apache-2.0
#include "ossl/encodings.h"

#include <openssl/pem.h>

#include "ossl/crypto.h"

namespace sesam::ossl {
namespace {

// Replaces OpenSSL's default callback, which would prompt on the terminal.
int no_passphrase(char*, int, int, void* asked) {
  if (asked != nullptr) *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

PemObject::~PemObject() {
  OPENSSL_secure_free(label);
  OPENSSL_secure_free(header);
  OPENSSL_secure_clear_free(data, static_cast<std::size_t>(length));
}

bool PemObject::read(BIO* in) {
  return PEM_read_bio_ex(in, &label, &header, &data, &length, PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) == 1;
}

Secret PemObject::der() const {
  return Secret({reinterpret_cast<const char*>(data), static_cast<std::size_t>(length)});
}

std::string_view text_in(BIO* memory) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(length)};
}

X509Certificate certificate_of_pem(std::string_view pem) {
  const Bio in = reader_of(pem);
  X509* parsed = X509_new_ex(private_libctx(), nullptr);
  const bool good =
      in && parsed != nullptr && PEM_read_bio_X509(in.get(), &parsed, &no_passphrase, nullptr) != nullptr;
  X509Certificate certificate(parsed);  // OpenSSL set it to null if it freed it
  if (!good) certificate.reset();
  return certificate;
}

Pkey private_key_of_pem(std::string_view pem, bool& encrypted) {
  const Bio in = reader_of(pem);
  return Pkey(in ? PEM_read_bio_PrivateKey_ex(in.get(), nullptr, &no_passphrase, &encrypted, private_libctx(),
                                              nullptr)
                 : nullptr);
}

}  // namespace sesam::ossl
