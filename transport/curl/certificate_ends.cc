// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/certificate_ends.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

namespace sesam::transport::curl {
namespace {

std::int64_t end_of(const X509* certificate) noexcept {
  tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return 0;
  return timegm(&end);
}

}  // namespace

CertificateEnds certificate_ends(const SSL* tls) noexcept {
  CertificateEnds ends;
  const STACK_OF(X509)* const chain = SSL_get0_verified_chain(tls);
  const int length = chain != nullptr ? sk_X509_num(chain) : 0;
  for (int i = 0; i < length; ++i) {
    const auto end = end_of(sk_X509_value(chain, i));
    ends.device = i == 0 ? end : std::min(ends.device, end);
  }
  ends.is_of_chain = length > 0;
  if (!ends.is_of_chain) ends.device = end_of(SSL_get0_peer_certificate(tls));
  ends.client = end_of(SSL_get_certificate(tls));
  return ends;
}

}  // namespace sesam::transport::curl
