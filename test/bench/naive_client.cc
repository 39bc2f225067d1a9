// SPDX-License-Identifier: Apache-2.0
#include "naive_client.h"

namespace sesam::bench {
namespace {

class NaiveCaller final : public Caller {
 public:
  NaiveCaller(const CurlRequest& request, std::size_t number) : request_(request), number_(number) {}

  void sign() override {
    reply_.clear();
    const Easy easy = request_.make(number_, reply_);
    CurlRequest::check(easy.get(), curl_easy_perform(easy.get()), reply_);
  }
  std::string signature() const override { return CurlRequest::result_of(reply_); }

 private:
  const CurlRequest& request_;
  const std::size_t number_;
  std::string reply_;
};

}  // namespace

NaiveClient::NaiveClient(const Options& options) : request_(options) { start_curl(); }

std::unique_ptr<Caller> NaiveClient::make_caller(std::size_t number) {
  return std::make_unique<NaiveCaller>(request_, number);
}

}  // namespace sesam::bench
