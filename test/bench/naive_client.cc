// SPDX-License-Identifier: Apache-2.0
#include "naive_client.h"

namespace sesam::bench {
namespace {

class NaiveCaller final : public Caller {
 public:
  NaiveCaller(const CurlRequest& request, std::size_t number) : request_(request), number_(number) {}

  void sign() override {
    std::string reply;
    const Easy easy = request_.make(number_, reply);
    CurlRequest::check(easy.get(), curl_easy_perform(easy.get()), reply);
  }

 private:
  const CurlRequest& request_;
  const std::size_t number_;
};

}  // namespace

NaiveClient::NaiveClient(const Options& options) : request_(options) { start_curl(); }

std::unique_ptr<Caller> NaiveClient::make_caller(std::size_t number) {
  return std::make_unique<NaiveCaller>(request_, number);
}

}  // namespace sesam::bench
