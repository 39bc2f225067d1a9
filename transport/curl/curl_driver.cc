// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/curl_driver.h"

#include <curl/curl.h>

#include <memory>
#include <new>
#include <utility>

#include "transport/curl/client_certificate.h"
#include "transport/curl/environment.h"
#include "transport/curl/libcrypto.h"
#include "transport/curl/loop.h"
#include "transport/driver.h"

namespace sesam::transport::curl {
namespace {

class CurlDriver final : public Driver {
 public:
  Refusal preflight(const Options& options) const override {
    if (const auto& why = why_wrong_libcrypto(); !why.empty()) return {Failure::wrong_libcrypto, why};
    if (auto why = why_bad_client_certificate(options); !why.empty())
      return {Failure::bad_client_certificate, std::move(why)};
    return {};
  }

  void run(const Workplace& workplace) const override {
    // Never paired with curl_global_cleanup: the application may use libcurl too.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
    auto loop = std::make_unique<Loop>(workplace);
    loop->run();
    Loop::keep_if_descriptors_are_lost(std::move(loop));
  }
};

constinit const CurlDriver curl_driver;

}  // namespace

std::shared_ptr<Pipeline> pipeline_for(Options options, std::shared_ptr<const Log> log) {
  distrust_environment();
  return Pipeline::for_options(std::move(options), std::move(log), curl_driver);
}

bool reads_files_only() { return !libcurl_has_openssl(); }

}  // namespace sesam::transport::curl
