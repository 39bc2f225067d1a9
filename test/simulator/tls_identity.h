// SPDX-License-Identifier: Apache-2.0
// The certificate that the device presents, which can be replaced at run time.
#pragma once

#include <string>

#include "openssl_handles.h"
#include "tls_context.h"

namespace sesam::simulator {

class TlsIdentity {
 public:
  // Throws std::runtime_error.
  TlsIdentity(TlsFiles files, bool offer_http2)
      : files_(std::move(files)),
        offer_http2_(offer_http2),
        context_(make_tls_context(files_, offer_http2)) {}

  SSL_CTX* context() const { return context_.get(); }
  const TlsFiles& files() const { return files_; }

  // Handshakes in progress keep the old context alive. Throws
  // std::runtime_error; the old certificate then stays in use.
  void use(const std::string& cert_path, const std::string& key_path);
  // Creates and uses a new key and self-signed certificate, in files next to the current ones.
  void renew(const std::string& common_name);

 private:
  TlsFiles files_;
  bool offer_http2_;
  SslCtxPtr context_;
};

}  // namespace sesam::simulator
