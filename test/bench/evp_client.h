// SPDX-License-Identifier: Apache-2.0
// The client that signs through OpenSSL, as an application does.
#pragma once

#include <vector>

#include "client.h"
#include "options.h"
#include "ossl/handles.h"

namespace sesam::bench {

/// Signs as an application does: EVP_DigestSign with a key from OSSL_STORE, through the provider that
/// OPENSSL_CONF loads. The device's URL and the login come from that file, not from the options.
class EvpClient final : public Client {
 public:
  explicit EvpClient(const Options& options);
  std::unique_ptr<Caller> make_caller(std::size_t number) override;

 private:
  std::vector<ossl::Pkey> keys_;
};

}  // namespace sesam::bench
