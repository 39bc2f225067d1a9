// SPDX-License-Identifier: Apache-2.0
#include "keepalive_client.h"

namespace sesam::bench {
namespace {

class KeepaliveCaller final : public Caller {
 public:
  KeepaliveCaller(const CurlRequest& request, std::size_t number) : easy_(request.make(number, reply_)) {}

  void sign() override {
    reply_.clear();
    CurlRequest::check(easy_.get(), curl_easy_perform(easy_.get()), reply_);
  }

  std::string signature() const override { return CurlRequest::result_of(reply_); }

 private:
  std::string reply_;
  const Easy easy_;
};

}  // namespace

KeepaliveClient::KeepaliveClient(const Options& options) : request_(options) { start_curl(); }

std::unique_ptr<Caller> KeepaliveClient::make_caller(std::size_t number) {
  return std::make_unique<KeepaliveCaller>(request_, number);
}

}  // namespace sesam::bench
