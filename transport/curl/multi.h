// SPDX-License-Identifier: Apache-2.0
// libcurl's multi handle, driven by sockets and one timer.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>

#include "ossl/handles.h"
#include "transport/call.h"
#include "transport/curl/easy.h"

namespace sesam::transport::curl {

class Multi {
 public:
  /// `on_interest` is CURLMOPT_SOCKETFUNCTION(3), which gets `connections`. Throws std::bad_alloc.
  Multi(const Options& options, curl_socket_callback on_interest, void* connections);
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  CURLMcode add(const Easy& easy) noexcept { return curl_multi_add_handle(handle_.get(), easy.handle); }
  void remove(const Easy& easy) noexcept { curl_multi_remove_handle(handle_.get(), easy.handle); }
  /// This socket is ready: `events` is CURL_CSELECT_… of curl_multi_socket_action(3).
  void serve(int fd, int events) noexcept;
  /// Makes libcurl start the transfers that were added.
  void begin() noexcept;
  /// Calls libcurl if its timer is due.
  void tick() noexcept;
  /// When libcurl wants to be called; Clock::time_point::max(): never.
  Clock::time_point timer() const noexcept { return timer_; }
  struct Ended {
    Easy* easy;
    CURLcode code;
  };
  /// A transfer that has ended; it stays added. nullopt: none left.
  std::optional<Ended> take_ended() noexcept;
  /// The maximum number of connections to one host. Must not be called from within libcurl's callbacks.
  void allow_connections(long wanted) noexcept;

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  static int on_timer(CURLM*, long timeout_ms, void* multi) noexcept;

  std::unique_ptr<CURLM, ossl::FreeWith<&curl_multi_cleanup>> handle_;
  Clock::time_point timer_ = kNever;
  long host_connections_ = 0;
};

}  // namespace sesam::transport::curl
