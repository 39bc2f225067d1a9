// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made in memory.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string>

#include "ossl/handles.h"

namespace sesam::store {

inline ossl::Pkey new_key(const char* curve = "P-256") {
  return ossl::Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}

struct Made {
  std::string subject;
  std::string issuer;
  EVP_PKEY* key;
  EVP_PKEY* signer;
  long valid_from_s = -3600, valid_until_s = 3600;  // relative to now
  bool is_ca = true;
};

inline std::string pem_of(const Made& wanted) {
  const ossl::X509Certificate made(X509_new());
  const ossl::Bio out(BIO_new(BIO_s_mem()));
  const auto name = [](const std::string& text) {
    ossl::X509Name one(X509_NAME_new());
    X509_NAME_add_entry_by_txt(one.get(), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
    return one;
  };
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_set_subject_name(made.get(), name(wanted.subject).get());
  X509_set_issuer_name(made.get(), name(wanted.issuer).get());
  X509_gmtime_adj(X509_getm_notBefore(made.get()), wanted.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), wanted.valid_until_s);
  X509_set_pubkey(made.get(), wanted.key);
  if (wanted.is_ca) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(made.get(), wanted.signer, EVP_sha256());
  PEM_write_bio_X509(out.get(), made.get());
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace sesam::store
