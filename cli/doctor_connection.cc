// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: from the host name to the end of the TLS handshake.
#include "cli/certificate_facts.h"
#include "cli/doctor.h"
#include "cli/endpoint.h"
#include "cli/tls_look.h"

namespace sesam::cli {
namespace {

constexpr char kHost[] = "host name";
constexpr char kConnection[] = "connection";
constexpr char kCertificate[] = "certificate";
constexpr char kHttp[] = "HTTP";

bool same(X509* a, X509* b) { return a != nullptr && b != nullptr && X509_cmp(a, b) == 0; }

// What is trusted, beside what came.
std::string trusted(const transport::Options& options) {
  if (options.ca_pem.empty()) return "; trusted are the system's CAs, as tlscert is not set";
  const Certificate pinned = first_in(options.ca_pem);
  return "; trusted are those in tlscert = " + options.ca_path +
         (pinned ? ", which has " + description_of(pinned.get()) : ", which has no certificate");
}

Result<std::string> judged(const Peer& peer, const Endpoint& endpoint, const transport::Options& options) {
  if (!peer.certificate) return Error{Reason::tls_failed, "the device showed no certificate"};
  const std::string came = description_of(peer.certificate.get());
  if (peer.verdict == X509_V_ERR_CERT_HAS_EXPIRED || peer.verdict == X509_V_ERR_CERT_NOT_YET_VALID)
    return Error{Reason::certificate_outdated,
                 std::string(X509_verify_cert_error_string(peer.verdict)) + ": " + came};
  if (peer.verdict != X509_V_OK)
    return Error{Reason::certificate_not_trusted,
                 std::string(X509_verify_cert_error_string(peer.verdict)) + ": " + came + trusted(options)};
  if (!peer.name_fits) return Error{Reason::host_name_mismatch, "'url' says " + endpoint.name + ": " + came};
  const Certificate pinned = options.ca_pem.empty() ? nullptr : first_in(options.ca_pem);
  const std::string end = warning_of_end(peer.certificate.get());
  return came + end +
         (same(peer.certificate.get(), pinned.get()) ? ", the one in " + options.ca_path
                                                     : ", issued by a trusted CA");
}

bool check_certificate(const Socket& socket, const Endpoint& endpoint, const transport::Options& options,
                       Checkup& checkup) {
  const auto peer = look_at(socket, endpoint, options);
  const auto judgement = peer ? judged(*peer, endpoint, options) : Result<std::string>(peer.error());
  if (!judgement) {
    checkup.bad(kCertificate, judgement.error());
    checkup.skip({kHttp}, "the device cannot be trusted");
    return false;
  }
  checkup.good(kCertificate, *judgement);
  checkup.good(kHttp,
               (peer->protocol == "h2" ? "HTTP/2" : "HTTP/1.1") + std::string(" over ") + peer->tls_version);
  return true;
}

bool check_endpoint(const transport::Options& options, const Endpoint& endpoint, Checkup& checkup) {
  const auto addresses = resolve(endpoint, options.connect_timeout_ms);
  if (!addresses) {
    checkup.bad(kHost, addresses.error());
    checkup.skip({kConnection, kCertificate, kHttp}, "the host is not known");
    return false;
  }
  checkup.good(kHost, endpoint.host + " is " + text_of(*addresses));
  const auto socket = connect_to(*addresses, endpoint, options.connect_timeout_ms);
  if (!socket) {
    checkup.bad(kConnection, socket.error());
    checkup.skip({kCertificate, kHttp}, "there is no connection");
    return false;
  }
  checkup.good(kConnection, "to port " + endpoint.port);
  return check_certificate(*socket, endpoint, options, checkup);
}

}  // namespace

bool check_connection(const transport::Options& options, std::size_t node, Checkup& checkup) {
  const std::string_view addresses =
      node < options.addresses.size() ? options.addresses[node] : std::string_view();
  bool reached = false;
  for (const auto& endpoint : endpoints_of(options.urls[node], addresses))
    reached |= check_endpoint(options, endpoint, checkup);
  return reached;
}

}  // namespace sesam::cli
