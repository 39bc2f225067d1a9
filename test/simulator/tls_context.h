// SPDX-License-Identifier: Apache-2.0
// The TLS context of the server.
#pragma once

#include <string>

#include "openssl_handles.h"

namespace sesam::simulator {

struct TlsFiles {
  std::string cert_path, key_path;
  std::string client_ca_path;  // not empty: clients must show a certificate of these CAs
};

// TLS 1.2 or later; ALPN chooses h2 before http/1.1, if `offer_http2`. Throws std::runtime_error.
SslCtxPtr make_tls_context(const TlsFiles& files, bool offer_http2);

}  // namespace sesam::simulator
