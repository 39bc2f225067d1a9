// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks the connection, from the host name to the end of the TLS handshake.
#include <openssl/err.h>

#include <algorithm>
#include <optional>

#include "cli/advice.h"
#include "cli/certificate_facts.h"
#include "cli/doctor.h"
#include "cli/endpoint.h"
#include "cli/tls_look.h"
#include "ossl/encodings.h"

namespace sesam::cli {
namespace {

constexpr char kHost[] = "host name";
constexpr char kConnection[] = "connection";
constexpr char kCertificate[] = "certificate";
constexpr char kHttp[] = "HTTP";

bool same(X509* a, X509* b) { return a != nullptr && b != nullptr && X509_cmp(a, b) == 0; }

// The trusted certificates, to be printed after the received one.
std::string trusted(const transport::Options& options) {
  if (options.ca_pem.empty()) return "; trusted are the system's CAs, as tlscert is not set";
  const Certificate pinned = first_in(options.ca_pem);
  return "; trusted are those in tlscert = " + options.ca_path +
         (pinned ? ", which has " + description_of(pinned.get()) : ", which has no certificate");
}

// Never advises trusting a certificate that is not self-signed: it may be that of a proxy.
std::string cure_for_untrusted(X509* came, const transport::Options& options) {
  constexpr char kCompare[] =
      "compare the SHA-256 fingerprint with that of the device's certificate in its web UI: only if they are "
      "equal, ";
  if (is_self_signed(came))
    return kCompare +
           std::string(options.ca_pem.empty() ? "save this certificate in a file and set 'tlscert' to it"
                                              : "add this certificate to " + options.ca_path) +
           "; otherwise another host answers at this address";
  return "if the device's certificate was not issued by '" + issuer_of(came) +
         "', a proxy intercepts the connection: exempt the device from interception, or connect past the "
         "proxy; "
         "'tlscert' must name the certificate that the device's web UI shows";
}

// After `sesam setup` has shown the new certificate, its file has that, too.
std::string cure_for_expired() {
  return std::string("renew the certificate in the device's web UI, and ") +
         (is_for_setup() ? "run sesam setup again"
                         : "replace it in 'tlscert', which may hold the old and the new one") +
         "; if it did not expire, correct the clock of this machine";
}

void report_trusted(const Peer& peer, const transport::Options& options, Checkup& checkup) {
  const std::string came = description_of(peer.certificate.get());
  const bool is_pinned = holds(certificates_in(options.ca_pem), peer.certificate.get());
  const std::string finding =
      came + (is_pinned ? ", the one in " + options.ca_path : ", issued by a trusted CA");
  X509* first = peer.first_to_end ? peer.first_to_end.get() : peer.certificate.get();
  const std::string end = text_of_near_end(first);
  if (end.empty()) return checkup.good(kCertificate, finding);
  const bool is_its_own = same(first, peer.certificate.get());
  checkup.warn(
      kCertificate,
      finding + (is_its_own ? ": " : ": the certificate of its issuer ") + end + ", on " + end_of(first),
      kCureForNearEnd);
}

// Whether the provider would accept the peer's certificate.
bool judge(const Peer& peer, const Endpoint& endpoint, const transport::Options& options, Checkup& checkup) {
  X509* came = peer.certificate.get();
  if (came == nullptr) {
    checkup.bad(kCertificate, {Reason::tls_failed, "the device presented no certificate"});
  } else if (is_outdated(peer.verdict)) {
    report_outdated(came, peer.verdict, checkup);
  } else if (peer.verdict != X509_V_OK) {
    checkup.bad(kCertificate,
                {Reason::certificate_not_trusted, std::string(X509_verify_cert_error_string(peer.verdict)) +
                                                      ": " + description_of(came) + trusted(options)},
                cure_for_untrusted(came, options));
  } else if (!peer.name_fits) {
    checkup.bad(kCertificate,
                {Reason::host_name_mismatch, "'url' says " + endpoint.name + ": " + description_of(came)});
  } else {
    report_trusted(peer, options, checkup);
    return true;
  }
  return false;
}

std::optional<HttpVersion> check_certificate(const Socket& socket, const Endpoint& endpoint,
                                             const transport::Options& options, Checkup& checkup) {
  const auto peer = look_at(socket, endpoint, options);
  if (!peer) checkup.bad(kCertificate, peer.error());
  if (!peer || !judge(*peer, endpoint, options, checkup)) {
    checkup.skip({kHttp}, "the device cannot be trusted");
    return std::nullopt;
  }
  const auto http = peer->protocol == "h2" ? HttpVersion::http2 : HttpVersion::http1;
  checkup.good(kHttp, (http == HttpVersion::http2 ? "HTTP/2" : "HTTP/1.1") + std::string(" over ") +
                          peer->tls_version);
  return http;
}

std::optional<HttpVersion> check_endpoint(const transport::Options& options, const Endpoint& endpoint,
                                          Checkup& checkup) {
  const auto addresses = resolve(endpoint, options.connect_timeout_ms);
  if (!addresses) {
    checkup.bad(kHost, addresses.error());
    checkup.skip({kConnection, kCertificate, kHttp}, "the host name was not resolved");
    return std::nullopt;
  }
  const std::string found = text_of(*addresses);
  checkup.good(kHost, found == endpoint.host ? found + ", an IP address" : endpoint.host + " is " + found);
  const auto socket = connect_to(*addresses, endpoint, options.connect_timeout_ms);
  if (!socket) {
    checkup.bad(kConnection, socket.error());
    checkup.skip({kCertificate, kHttp}, "there is no connection");
    return std::nullopt;
  }
  checkup.good(kConnection, "to port " + endpoint.port);
  return check_certificate(*socket, endpoint, options, checkup);
}

HttpVersion lower(std::optional<HttpVersion> a, HttpVersion b) { return a ? std::min(*a, b) : b; }

std::string quoted(const std::string& setting, const std::string& path) { return setting + " = " + path; }

}  // namespace

void report_outdated(X509* came, long verdict, Checkup& checkup) {
  const std::string words = X509_verify_cert_error_string(verdict);
  const Error error{Reason::certificate_outdated, words + ": " + description_of(came)};
  if (has_begun(came) && !has_ended(came))
    checkup.bad(kCertificate, error,
                "renew the certificate of the CA that issued it, and replace it in 'tlscert'");
  else if (verdict == X509_V_ERR_CERT_NOT_YET_VALID)
    checkup.bad(
        kCertificate, error,
        "it is valid from " + start_of(came) +
            ": correct the clock of this machine, or, if this clock is right, that of the machine that "
            "issued the certificate");
  else
    checkup.bad(kCertificate, error, cure_for_expired());
}

bool check_client_certificate(const transport::Options& options, Checkup& checkup) {
  if (options.client_cert_pem.empty()) return true;
  constexpr char kName[] = "client certificate";
  const std::string certificate_path = quoted("client_cert", options.client_cert_path);
  const std::string key_path = quoted("client_key", options.client_key_path);
  bool encrypted = false;
  const Certificate ours = first_in(options.client_cert_pem);
  const ossl::Pkey key = ossl::private_key_of_pem(options.client_key_pem.reveal(), encrypted);
  if (!ours) {
    checkup.bad(kName, certificate_path + " has no certificate",
                "name a PEM file with the client's certificate");
  } else if (encrypted) {
    checkup.bad(kName, key_path + " has a passphrase, which programs cannot ask for",
                "remove it: openssl pkey -in " + options.client_key_path +
                    " -out NEW-FILE, and protect the file by "
                    "its mode, 0600");
  } else if (!key) {
    checkup.bad(kName, key_path + " has no private key",
                "name a PEM file with the private key of the certificate");
  } else if (X509_check_private_key(ours.get(), key.get()) != 1) {
    checkup.bad(kName, key_path + " is not the private key of " + certificate_path,
                "name the certificate and the private key that belong together");
  } else if (has_ended(ours.get()) || !has_begun(ours.get())) {
    checkup.bad(kName, certificate_path + " is not valid at this time: " + description_of(ours.get()),
                "renew it, or correct the clock of this machine");
    return true;  // the device decides whether to refuse it
  } else if (const auto end = text_of_near_end(ours.get()); !end.empty()) {
    checkup.warn(kName, certificate_path + " " + end + ": " + description_of(ours.get()), "renew it");
    return true;
  } else {
    checkup.good(kName, description_of(ours.get()));
    return true;
  }
  ERR_clear_error();
  return false;
}

std::optional<HttpVersion> check_connection(const transport::Options& options, std::size_t node,
                                            Checkup& checkup) {
  const std::string_view addresses =
      node < options.addresses.size() ? options.addresses[node] : std::string_view();
  std::optional<HttpVersion> lowest;
  for (const auto& endpoint : endpoints_of(options.urls[node], addresses))
    if (const auto http = check_endpoint(options, endpoint, checkup)) lowest = lower(lowest, *http);
  return lowest;
}

}  // namespace sesam::cli
