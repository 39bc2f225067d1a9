// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/client_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::transport::curl {
namespace {

using Certificate = std::unique_ptr<X509, ossl::FreeWith<&X509_free>>;

// In place of OpenSSL's own, which would ask on the terminal. A certificate may be encrypted too, but nobody
// does that.
int no_passphrase(char*, int, int, void* asked) {
  if (asked != nullptr) *static_cast<bool*>(asked) = true;
  return -1;
}

// The first one: what follows is its chain.
Certificate read_certificate(std::string_view pem) {
  Certificate certificate(X509_new_ex(ossl::private_libctx(), nullptr));
  X509* place = certificate.get();
  const ossl::Bio in = ossl::reader_of(pem);
  if (!certificate || !in) return nullptr;
  if (PEM_read_bio_X509(in.get(), &place, &no_passphrase, nullptr) != nullptr) return certificate;
  if (place == nullptr) static_cast<void>(certificate.release());  // freed by the reader
  return nullptr;
}

ossl::Pkey read_key(std::string_view pem, bool& encrypted) {
  const ossl::Bio in = ossl::reader_of(pem);
  return ossl::Pkey(in ? PEM_read_bio_PrivateKey_ex(in.get(), nullptr, &no_passphrase, &encrypted,
                                                    ossl::private_libctx(), nullptr)
                       : nullptr);
}

}  // namespace

std::string why_bad_client_certificate(const Options& options) {
  if (options.client_cert_pem.empty() && options.client_key_pem.empty()) return {};
  const Certificate certificate = read_certificate(options.client_cert_pem);
  if (!certificate) return "the file of client_cert holds no PEM certificate";
  bool encrypted = false;
  const ossl::Pkey key = read_key(options.client_key_pem.reveal(), encrypted);
  if (encrypted)
    return "the key in the file of client_key is encrypted: write it without a passphrase (openssl pkey -in "
           "FILE -out NEWFILE) and let nobody but the program read it";
  if (!key) return "the file of client_key holds no PEM private key";
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return "client_key is not the key of the certificate in client_cert";
  return {};
}

}  // namespace sesam::transport::curl
