// SPDX-License-Identifier: Apache-2.0
// The client with a curl multi handle as it is usually written.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "client.h"
#include "curl_request.h"

namespace sesam::bench {

/// The obvious way to use libcurl: one thread with curl_multi_perform
/// and curl_multi_poll, a queue with a mutex, and a condition variable
/// for each caller. The requests are streams of one connection.
class PlainMultiClient final : public Client {
 public:
  explicit PlainMultiClient(const Options& options);
  ~PlainMultiClient() override;
  std::unique_ptr<Caller> make_caller(std::size_t number) override;

  /// One transfer of one caller.
  struct Transfer {
    Easy easy;
    std::string reply;
    CURLcode result = CURLE_OK;
    bool done = false;  // guarded by mutex
    std::mutex mutex;
    std::condition_variable is_done;
  };
  void perform(Transfer& transfer);

 private:
  void run();
  void add_queued();
  void finish_transfers();

  CurlRequest request_;
  Multi multi_;
  std::mutex mutex_;
  std::vector<Transfer*> queue_;  // guarded by mutex_
  bool stopping_ = false;         // guarded by mutex_
  std::thread thread_;            // last: it uses all of the above
};

}  // namespace sesam::bench
