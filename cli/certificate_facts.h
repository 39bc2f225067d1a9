// SPDX-License-Identifier: Apache-2.0
// Facts about X.509 certificates, as text.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "ossl/handles.h"

namespace sesam::cli {

/// The certificates in a PEM text, up to the first that OpenSSL cannot read.
std::vector<ossl::X509Certificate> certificates_in(const std::string& pem);
/// Whether `certificates` contains this very certificate.
bool holds(const std::vector<ossl::X509Certificate>& certificates, const X509* certificate);

/// "CN=…, subjectAltName …, issued by …, valid until … (from …), SHA-256 …".
std::string description_of(X509* certificate);
/// ", expires in 5 days: …" if the certificate expires in less than 30 days; otherwise empty.
std::string warning_of_end(X509* certificate);

/// The SHA-256 digest of the certificate: 64 hexadecimal digits, in upper case.
std::string fingerprint_of(X509* certificate);
/// The host to use in 'url': the first DNS name in subjectAltName that is not a wildcard, or else the first
/// address there, or, if it has neither, the common name; empty if that is no host name.
std::string host_name_in(X509* certificate);
/// Whether subjectAltName has a DNS name or an IP address, so that the common name does not count.
bool has_alternative_names(X509* certificate);

/// Subject and issuer, each on one line: "CN = device, O = example".
std::string subject_of(X509* certificate);
std::string issuer_of(X509* certificate);
/// "DNS:device, IP Address:192.0.2.7"; empty if there are none.
std::string alternative_names(X509* certificate);
std::string start_of(X509* certificate);
std::string end_of(X509* certificate);

/// Whether subject and issuer have the same name. Does not verify the signature.
bool is_self_signed(X509* certificate);
bool has_begun(X509* certificate);
bool has_ended(X509* certificate);
/// "expires in 5 days" if it expires in less than 30 days; otherwise empty.
std::string text_of_near_end(X509* certificate);

}  // namespace sesam::cli
