// SPDX-License-Identifier: Apache-2.0
// What the I/O thread does: takes calls in, has libcurl send them, publishes the outcomes. Sole owner of the
// CURLM.
#pragma once

#include <curl/curl.h>
#include <openssl/types.h>

#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "metrics/counts.h"
#include "ossl/handles.h"
#include "transport/curl/easy.h"
#include "transport/curl/failures.h"
#include "transport/curl/flood_watch.h"
#include "transport/curl/lane.h"
#include "transport/driver.h"
#include "transport/rests.h"

namespace sesam::transport::curl {

class Loop {
 public:
  /// On the I/O thread, inside the fork guard. Throws std::bad_alloc.
  explicit Loop(const Workplace& workplace);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// As Driver::run().
  void run() noexcept;
  /// The latter: libcurl may not be called again, not even to end, since it would use the numbers. Keeps the
  /// loop as it is, permanently.
  static void keep_if_descriptors_are_lost(std::unique_ptr<Loop> loop) noexcept;

 private:
  // A turn, in this order.
  void sleep() noexcept;
  void serve_sockets() noexcept;
  void reap() noexcept;
  void receive(Call* calls) noexcept;
  void expire() noexcept;
  void admit() noexcept;

  int sleep_ms(Clock::time_point now) noexcept;
  bool is_idle() const noexcept;
  bool descriptors_are_ours() const noexcept { return poller_.is_ours() && sockets_.are_ours(); }
  void abandon() noexcept;
  void bury(int fd) noexcept;
  bool give_up_unwatched() noexcept;
  bool nudge(int fd) noexcept;
  void find_lost_sockets() noexcept;
  static unsigned batch_of(const Lane& lane) noexcept;
  unsigned hand_over(Lane& lane, unsigned most) noexcept;
  bool start(Lane& lane, Call& call) noexcept;
  void kick(Lane& lane, unsigned added) noexcept;
  void finish(Easy& easy, CURLcode code) noexcept;
  Call& retire(Easy& easy) noexcept;
  /// A request got no answer, but others have, and not only when it was just sent.
  static bool answers_others(const Lane& lane, const Easy& easy) noexcept;
  void abandon_mute(const Lane& lane, const Easy& easy) noexcept;
  void fail_together(Lane& lane, Call& cause) noexcept;
  /// A new connection of HTTP/1.1 met the server's limit: its call waits for a place. False: it did not.
  bool meets_limit(Lane& lane, const Easy& easy, const Evidence& evidence) noexcept;
  unsigned standing_connections(const Lane& lane) const noexcept;
  void send_back(Easy& easy) noexcept;
  void end_slow_handshakes(Lane& lane, Clock::time_point now) noexcept;
  Clock::time_point next_slow_handshake(const Lane& lane) const noexcept;
  void tell_limit(Lane& lane) noexcept;
  static Failure of_handshake(Lane& lane, const Evidence& evidence) noexcept;
  void fail(Call& call, Failure failure, std::string_view message) noexcept;
  void fail_list(Call* calls, Failure failure, std::string_view message) noexcept;
  void stop() noexcept;
  void share_connections() noexcept;
  void watch_traffic(const Easy& easy, int local_port) noexcept;
  void close_flooding(int fd, const Lane& lane) noexcept;
  void report(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept;

  // libcurl's callbacks.
  static std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* easy) noexcept;
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* easy) noexcept;
  static int on_sending(void* easy, char*, char*, int, int local_port) noexcept;
  static curl_socket_t open_socket(void* easy, curlsocktype, curl_sockaddr* address) noexcept;
  static int close_socket(void* loop, curl_socket_t fd) noexcept;
  static int on_interest(CURL*, curl_socket_t fd, int what, void* loop, void*) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* loop) noexcept;
  /// OpenSSL's, for what it reads and writes on a connection (SSL_CTX_set_msg_callback(3)).
  static void on_record(int is_written, int, int content_type, const void*, std::size_t, SSL*, void* watched);

  /// A connection as on_record gets it.
  struct Watched {
    Loop* loop;
    const Lane* lane;
    int fd;  // -1: closed
    FloodWatch traffic;
  };

  static constexpr Clock::time_point kNever = Clock::time_point::max();

  const Options& options_;
  const Log& log_;
  metrics::MetricsWriter& metrics_;
  metrics::Counts& counts_ = metrics::counts();
  Handoff& handoff_;
  Poller& poller_;
  Sockets& sockets_;
  ForkGuard& guard_;
  Easies easies_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Rests rests_;
  std::vector<std::unique_ptr<Watched>> watched_;  // closed ones are reused, and none freed before multi_
  std::unique_ptr<CURLM, ossl::FreeWith<&curl_multi_cleanup>> multi_;  // goes before what its callbacks use
  Clock::time_point timer_ = kNever;                                   // when libcurl wants to be called
  std::size_t first_lane_ = 0;  // takes turns, so that no endpoint starves another
  long host_connections_ = 0;
  bool has_lost_descriptors_ = false;
  Loop* next_kept_ = nullptr;
  bool has_released_one_ = false;  // libcurl watches a socket no more over which nothing was sent yet
};

}  // namespace sesam::transport::curl
