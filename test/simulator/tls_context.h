// SPDX-License-Identifier: Apache-2.0
// The server's TLS context.
#pragma once

#include <string>

#include "openssl_handles.h"

namespace sesam::simulator {

struct TlsFiles {
  std::string cert_path, key_path;
  std::string client_ca_path;  // not empty: clients must present a certificate from these CAs
};

// TLS 1.2 or later; ALPN prefers h2 to http/1.1 if `offer_http2`. Throws std::runtime_error.
SslCtxPtr make_tls_context(const TlsFiles& files, bool offer_http2);

}  // namespace sesam::simulator
