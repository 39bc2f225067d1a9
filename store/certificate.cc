// SPDX-License-Identifier: Apache-2.0
#include "store/certificate.h"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>

#include "ossl/crypto.h"
#include "ossl/encodings.h"
#include "ossl/handles.h"

namespace sesam::store {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";

std::optional<unsigned long> hash_of(const X509_NAME* name) {
  int good = 0;
  const unsigned long hash = X509_NAME_hash_ex(name, ossl::private_libctx(), nullptr, &good);
  return good == 1 ? std::optional(hash) : std::nullopt;
}

std::optional<std::time_t> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return timegm(&parts);
}

std::optional<Certificate> certificate_of(const X509* parsed) {
  const auto subject_hash = hash_of(X509_get_subject_name(parsed));
  const auto issuer_hash = hash_of(X509_get_issuer_name(parsed));
  const auto not_before = time_of(X509_get0_notBefore(parsed));
  const auto not_after = time_of(X509_get0_notAfter(parsed));
  Certificate made;
  made.der = ossl::der_of(parsed, &i2d_X509);
  made.subject = ossl::der_of(X509_get_subject_name(parsed), &i2d_X509_NAME);
  if (!subject_hash || !issuer_hash || !not_before || !not_after || made.der.empty() || made.subject.empty())
    return std::nullopt;
  made.subject_hash = *subject_hash;
  made.issuer_hash = *issuer_hash;
  made.not_before = *not_before;
  made.not_after = *not_after;
  if (const EVP_PKEY* key = X509_get0_pubkey(parsed); key != nullptr) made.key = identity_of(key);
  return made;
}

bool append_number(const EVP_PKEY* key, const char* parameter, std::string& identity) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) return false;
  const ossl::Bignum owned(number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  identity += std::to_string(bytes.size()) + ":" + bytes;
  return true;
}

}  // namespace

// Parses each text once: if several begin lines precede an
// end line, as in a truncated file, the last of them counts.
Certificates certificates_in(std::string_view pem) {
  Certificates found;
  for (auto begin = pem.find(kBegin); begin != pem.npos; begin = pem.find(kBegin)) {
    const auto end = pem.find(kEnd, begin);
    if (end == pem.npos) break;
    begin = pem.rfind(kBegin, end);
    const auto parsed = ossl::certificate_of_pem(pem.substr(begin, end + kEnd.size() - begin));
    pem.remove_prefix(end + kEnd.size());
    if (!parsed) continue;
    if (auto certificate = certificate_of(parsed.get())) found.push_back(std::move(*certificate));
  }
  return found;
}

std::string identity_of(const EVP_PKEY* key) {
  constexpr const char* kEcParameters[] = {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y};
  constexpr const char* kRsaParameters[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E};
  const bool is_ec = EVP_PKEY_is_a(key, "EC") == 1;
  if (!is_ec && EVP_PKEY_is_a(key, "RSA") != 1) return {};
  std::string identity = is_ec ? "EC " : "RSA ";
  for (const char* parameter : is_ec ? kEcParameters : kRsaParameters)
    if (!append_number(key, parameter, identity)) return {};
  return identity;
}

}  // namespace sesam::store
