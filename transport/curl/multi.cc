// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/multi.h"

#include <chrono>
#include <new>
#include <utility>

namespace sesam::transport::curl {

Multi::Multi(const Options& options, curl_socket_callback on_interest, void* connections)
    : handle_(curl_multi_init()) {
  if (!handle_) throw std::bad_alloc();
  CURLM* const handle = handle_.get();
  curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, on_interest);
  curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, connections);
  curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(handle, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(handle, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(handle, CURLMOPT_MAX_CONCURRENT_STREAMS, static_cast<long>(options.streams));
  curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS,
                    static_cast<long>(options.connections * options.urls.size() + 1));
#if LIBCURL_VERSION_NUM >= 0x081400
  curl_multi_setopt(handle, CURLMOPT_QUICK_EXIT, 1L);  // 8.20 and later read this, not CURLOPT_QUICK_EXIT
#endif
}

void Multi::serve(int fd, int events) noexcept {
  int running = 0;
  curl_multi_socket_action(handle_.get(), fd, events, &running);
}

void Multi::begin() noexcept {
  timer_ = kNever;
  serve(CURL_SOCKET_TIMEOUT, 0);
}

void Multi::tick() noexcept {
  if (timer_ != kNever && Clock::now() >= timer_) begin();
}

std::optional<Multi::Ended> Multi::take_ended() noexcept {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(handle_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* easy = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &easy);
    return Ended{reinterpret_cast<Easy*>(easy), message->data.result};
  }
  return std::nullopt;
}

void Multi::allow_connections(long wanted) noexcept {
  if (wanted == std::exchange(host_connections_, wanted)) return;
  curl_multi_setopt(handle_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, wanted);
}

int Multi::on_timer(CURLM*, long timeout_ms, void* pointer) noexcept {
  static_cast<Multi*>(pointer)->timer_ =
      timeout_ms < 0 ? kNever : Clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

}  // namespace sesam::transport::curl
