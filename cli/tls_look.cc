// SPDX-License-Identifier: Apache-2.0
#include "cli/tls_look.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <chrono>

#include "base/quiet_write.h"
#include "cli/certificate_facts.h"
#include "ossl/crypto.h"
#include "ossl/encodings.h"

namespace sesam::cli {
namespace {

using SslCtx = std::unique_ptr<SSL_CTX, ossl::FreeWith<&SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, ossl::FreeWith<&SSL_free>>;

std::string openssls_words() {
  const char* words = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return words == nullptr ? "the connection ended" : words;
}

// Trusts as libcurl does (CURLOPT_CAINFO_BLOB): any certificate in the file is enough, even without its
// issuer.
void trust(SSL_CTX* context, const std::string& pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  if (pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else {
    for (const auto& one : certificates_in(pem)) X509_STORE_add_cert(store, one.get());
    ERR_clear_error();  // raised for duplicate certificates
  }
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
}

struct ClientCertificate {
  Certificate certificate;
  ossl::Pkey key;
};

ClientCertificate client_certificate(const transport::Options& options) {
  bool encrypted = false;
  return {first_in(options.client_cert_pem),
          ossl::private_key_of_pem(options.client_key_pem.reveal(), encrypted)};
}

// SSL_CTX_set_cert_cb(3): called when the server requests a certificate, after its own was verified. An
// untrusted server does not get ours, and the handshake continues without it.
int show_where_trusted(SSL* ssl, void* argument) {
  const auto& ours = *static_cast<const ClientCertificate*>(argument);
  if (SSL_get_verify_result(ssl) != X509_V_OK) return 1;
  return SSL_use_certificate(ssl, ours.certificate.get()) == 1 && SSL_use_PrivateKey(ssl, ours.key.get()) == 1
             ? 1
             : 0;
}

// Sets SNI, unless the name is an IP address (RFC 6066, section 3).
bool name_server(SSL* ssl, const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, ossl::FreeWith<&ASN1_OCTET_STRING_free>> address(
      a2i_IPADDRESS(name.c_str()));
  ERR_clear_error();
  if (address) return true;
  // SSL_set_tlsext_host_name(3), without its old-style cast.
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(name.c_str())) == 1;
}

// As libcurl does: the common name counts only where the certificate has no other name, not even an address.
bool fits(X509* certificate, const std::string& name) {
  const unsigned flags = has_alternative_names(certificate) ? X509_CHECK_FLAG_NEVER_CHECK_SUBJECT : 0;
  return X509_check_host(certificate, name.data(), name.size(), flags, nullptr) == 1 ||
         X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
}

// Completes the handshake within the provider's time limit, however slowly the peer sends.
Result<void> shake_hands(SSL* ssl, const Socket& socket, const Endpoint& endpoint, unsigned timeout_ms) {
  const std::string where = endpoint.host + " port " + endpoint.port + ": ";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    const int done = SSL_connect(ssl);
    if (done == 1) return {};
    const int wanted = SSL_get_error(ssl, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
      return Error{Reason::tls_failed, where + openssls_words()};
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    if (is_late || !wait_for(socket, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
      return Error{Reason::timed_out, where + "no complete TLS handshake within " +
                                          std::to_string(timeout_ms) + " ms (connect_timeout_ms)"};
  }
}

Certificate first_to_end_in(const STACK_OF(X509) * chain) {
  X509* first = nullptr;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* one = sk_X509_value(chain, i);
    if (first == nullptr || ASN1_TIME_compare(X509_get0_notAfter(one), X509_get0_notAfter(first)) < 0)
      first = one;
  }
  if (first != nullptr) X509_up_ref(first);
  return Certificate(first);
}

Peer peer_of(SSL* ssl, const std::string& name) {
  Peer peer;
  peer.certificate.reset(SSL_get1_peer_certificate(ssl));
  peer.verdict = SSL_get_verify_result(ssl);
  peer.name_fits = peer.certificate && fits(peer.certificate.get(), name);
  if (peer.verdict == X509_V_OK) peer.first_to_end = first_to_end_in(SSL_get0_verified_chain(ssl));
  peer.tls_version = SSL_get_version(ssl);
  const unsigned char* protocol = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &length);
  if (protocol != nullptr) peer.protocol.assign(protocol, protocol + length);
  return peer;
}

}  // namespace

bool is_outdated(long verdict) noexcept {
  return verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID;
}

Certificate first_in(const std::string& pem) {
  auto all = certificates_in(pem);
  return all.empty() ? Certificate() : std::move(all.front());
}

Result<Peer> look_at(const Socket& socket, const Endpoint& endpoint, const transport::Options& options) {
  const NoSigpipe quiet;  // OpenSSL writes to the socket, which the peer may have closed
  const SslCtx context(SSL_CTX_new_ex(ossl::private_libctx(), nullptr, TLS_client_method()));
  if (!context) return Error{Reason::out_of_memory, {}};
  trust(context.get(), options.ca_pem);
  ClientCertificate ours;
  if (!options.client_cert_pem.empty()) {
    ours = client_certificate(options);
    if (!ours.certificate || !ours.key || X509_check_private_key(ours.certificate.get(), ours.key.get()) != 1)
      return Error{Reason::bad_configuration, "client_cert or client_key cannot be used"};
    SSL_CTX_set_cert_cb(context.get(), &show_where_trusted, &ours);
  }
  const Ssl ssl(SSL_new(context.get()));
  constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
  if (!ssl || SSL_set_fd(ssl.get(), socket.fd()) != 1 || !name_server(ssl.get(), endpoint.name) ||
      SSL_set_alpn_protos(ssl.get(), kProtocols, sizeof kProtocols - 1) != 0)
    return Error{Reason::out_of_memory, {}};
  SSL_set_min_proto_version(ssl.get(), TLS1_2_VERSION);
  SSL_set_verify(ssl.get(), SSL_VERIFY_NONE, nullptr);  // the verdict is read afterwards
  SESAM_CHECK(shake_hands(ssl.get(), socket, endpoint, options.connect_timeout_ms));
  return peer_of(ssl.get(), endpoint.name);
}

}  // namespace sesam::cli
