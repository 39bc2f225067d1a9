// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "openssl_handles.h"

namespace n200sim {

struct TlsFiles {
  std::string cert_path, key_path;
  std::string client_ca_path;  // not empty: clients must show a certificate of these CAs
};

// TLS 1.2 or later; ALPN chooses h2 before http/1.1, if `offer_http2`. Throws std::runtime_error.
SslCtxPtr make_tls_context(const TlsFiles& files, bool offer_http2);

}  // namespace n200sim
