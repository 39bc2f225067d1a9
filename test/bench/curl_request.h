// SPDX-License-Identifier: Apache-2.0
// The signature request as a program without sesam would send it: plain libcurl, not tuned.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "options.h"

namespace sesam::bench {

/// CURL and CURLM are the same type in C++, so each needs its own deleter.
struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;

/// Calls curl_global_init(3). Throws std::runtime_error.
void start_curl();

/// The request that all callers of a client send; immutable.
class CurlRequest {
 public:
  explicit CurlRequest(const Options& options);

  /// Returns a new easy handle that sends the request of the caller and appends the reply to `reply`.
  Easy make(std::size_t caller, std::string& reply) const;
  /// check() throws std::runtime_error unless the status is 200 and the reply has a "result"; result_of()
  /// returns the text of "result" in a reply that check() accepted.
  static std::string result_of(const std::string& reply);
  static void check(CURL* easy, CURLcode result, const std::string& reply);

 private:
  std::string url_, ca_file_, credentials_;
  std::vector<std::string> bodies_;
  std::unique_ptr<curl_slist, FreeList> resolve_;
  bool http1_;
};

}  // namespace sesam::bench
