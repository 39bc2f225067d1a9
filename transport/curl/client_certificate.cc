// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/client_certificate.h"

#include <openssl/x509.h>

#include "ossl/encodings.h"

namespace sesam::transport::curl {
std::string why_bad_client_certificate(const Options& options) {
  if (options.client_cert_pem.empty() && options.client_key_pem.empty()) return {};
  const auto certificate = ossl::certificate_of_pem(options.client_cert_pem);
  if (!certificate) return "the file of client_cert contains no PEM certificate";
  bool encrypted = false;
  const ossl::Pkey key = ossl::private_key_of_pem(options.client_key_pem.reveal(), encrypted);
  if (encrypted)
    return "the key in the file of client_key is encrypted: decrypt it (openssl pkey -in "
           "FILE -out NEWFILE), readable by the program alone";
  if (!key) return "the file of client_key contains no PEM private key";
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return "client_key is not the key of the certificate in client_cert";
  return {};
}

}  // namespace sesam::transport::curl
