// SPDX-License-Identifier: Apache-2.0
// The client with a kept-alive connection for each caller.
#pragma once

#include "client.h"
#include "curl_request.h"

namespace sesam::bench {

/// One easy handle for each caller, used for all its signatures, and so one persistent connection each.
class KeepaliveClient final : public Client {
 public:
  explicit KeepaliveClient(const Options& options);
  std::unique_ptr<Caller> make_caller(std::size_t number) override;

 private:
  CurlRequest request_;
};

}  // namespace sesam::bench
