// SPDX-License-Identifier: Apache-2.0
// A TLS handshake with the device that accepts any certificate, in order to report on it.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/endpoint.h"
#include "ossl/handles.h"
#include "transport/pipeline.h"

namespace sesam::cli {

using Certificate = ossl::X509Certificate;

struct Peer {
  Certificate certificate;
  long verdict = X509_V_OK;  ///< see X509_verify_cert_error_string(3)
  bool name_fits = false;    ///< subjectAltName, or CN if it has no name or address
  Certificate first_to_end;  ///< expires first in the verified chain; null if untrusted
  std::string tls_version;   ///< "TLSv1.3"
  std::string protocol;      ///< by ALPN (RFC 7301): "h2", "http/1.1"; empty: the device did not choose
};

/// Whether this verdict is about the dates of a certificate.
bool is_outdated(long verdict) noexcept;

/// Shakes hands over the socket, within connect_timeout_ms, trusting what the options trust and showing their
/// client certificate. Raises no SIGPIPE. Raises tls_failed, timed_out, bad_configuration.
Result<Peer> look_at(const Socket& socket, const Endpoint& endpoint, const transport::Options& options);

/// The first certificate in a PEM text; null if there is none.
Certificate first_in(const std::string& pem);

}  // namespace sesam::cli
