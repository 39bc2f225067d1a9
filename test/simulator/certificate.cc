// SPDX-License-Identifier: Apache-2.0
#include "certificate.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string_view>

#include "openssl_handles.h"
#include "own_files.h"

namespace sesam::simulator {
namespace {

constexpr long kValidSeconds = 10L * 365 * 24 * 3600;

void check(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error("certificate: " + what);
}

void set_random_serial(X509& cert) {
  const BignumPtr serial(BN_new());
  check(BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "serial");
  check(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&cert)) != nullptr, "serial");
}

X509Ptr make_certificate(const std::string& common_name, EVP_PKEY* pkey) {
  X509Ptr cert(X509_new());
  check(cert != nullptr, "X509_new");
  X509_set_version(cert.get(), X509_VERSION_3);
  set_random_serial(*cert);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), kValidSeconds);
  const NamePtr name(X509_NAME_new());  // since OpenSSL 4.0, the certificate's own name is read-only
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  check(X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "name");
  X509_set_subject_name(cert.get(), name.get());
  X509_set_issuer_name(cert.get(), name.get());
  X509_set_pubkey(cert.get(), pkey);
  check(X509_sign(cert.get(), pkey, EVP_sha256()) > 0, "sign");
  return cert;
}

std::string_view text_in(BIO* memory) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

void write_self_signed(const std::string& common_name, const std::string& cert_path,
                       const std::string& key_path) {
  const PkeyPtr pkey(EVP_EC_gen("P-256"));
  check(pkey != nullptr, "key");
  const X509Ptr cert = make_certificate(common_name, pkey.get());
  const BioPtr key_pem(BIO_new(BIO_s_mem())), cert_pem(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(key_pem.get(), pkey.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "key");
  check(PEM_write_bio_X509(cert_pem.get(), cert.get()) == 1, "PEM");
  replace_file(key_path, text_in(key_pem.get()), 0600);
  replace_file(cert_path, text_in(cert_pem.get()));
}

}  // namespace sesam::simulator
