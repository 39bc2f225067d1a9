// SPDX-License-Identifier: Apache-2.0
#include "tls_context.h"

#include <openssl/err.h>

#include <stdexcept>
#include <string_view>

namespace sesam::simulator {
namespace {

constexpr std::size_t kReadAheadBytes = 64 * 1024;
constexpr std::string_view kProtocols = "\2h2\10http/1.1";
constexpr std::string_view kHttp1Only = kProtocols.substr(3);

void check(bool ok, const std::string& what) {
  if (ok) return;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error("TLS: " + what + (reason != nullptr ? std::string(": ") + reason : std::string()));
}

// The server's order decides. A client without a common protocol gets no ALPN reply instead of an alert.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void* arg) {
  const auto& ours = *static_cast<const std::string_view*>(arg);
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), in, in_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void require_client_certificate(SSL_CTX* context, const std::string& ca_path) {
  check(SSL_CTX_load_verify_locations(context, ca_path.c_str(), nullptr) == 1, ca_path);
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca_path.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

SslCtxPtr make_tls_context(const TlsFiles& files, bool offer_http2) {
  static std::string_view protocols;
  protocols = offer_http2 ? kProtocols : kHttp1Only;
  SslCtxPtr context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* ctx = context.get();
  check(ctx != nullptr, "context");
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  check(SSL_CTX_use_certificate_chain_file(ctx, files.cert_path.c_str()) == 1, files.cert_path);
  check(SSL_CTX_use_PrivateKey_file(ctx, files.key_path.c_str(), SSL_FILETYPE_PEM) == 1, files.key_path);
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Reads many records with one recv(2).
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_default_read_buffer_len(ctx, kReadAheadBytes);
  SSL_CTX_set_alpn_select_cb(ctx, select_protocol, &protocols);
  const unsigned char session_context[] = {'n', '2', '0',
                                           '0'};  // otherwise no resumption with client certificates
  SSL_CTX_set_session_id_context(ctx, session_context, sizeof session_context);
  if (!files.client_ca_path.empty()) require_client_certificate(ctx, files.client_ca_path);
  return context;
}

}  // namespace sesam::simulator
