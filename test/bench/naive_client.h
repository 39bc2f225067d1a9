// SPDX-License-Identifier: Apache-2.0
// The client with a new connection for each signature.
#pragma once

#include "client.h"
#include "curl_request.h"

namespace sesam::bench {

/// A new easy handle, and so a new TLS connection, for
/// each signature, as the vendor's log of 2022 suggests.
class NaiveClient final : public Client {
 public:
  explicit NaiveClient(const Options& options);
  std::unique_ptr<Caller> make_caller(std::size_t number) override;

 private:
  CurlRequest request_;
};

}  // namespace sesam::bench
