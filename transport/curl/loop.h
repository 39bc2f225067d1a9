// SPDX-License-Identifier: Apache-2.0
// What the I/O thread does: collects calls, makes libcurl send them, publishes the outcomes. Sole owner of
// the CURLM.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "transport/curl/connections.h"
#include "transport/curl/easy.h"
#include "transport/curl/lane.h"
#include "transport/curl/multi.h"
#include "transport/driver.h"
#include "transport/rests.h"

namespace sesam::transport::curl {

class Loop {
 public:
  /// Runs on the I/O thread, inside the fork guard. Throws std::bad_alloc.
  explicit Loop(const Workplace& workplace);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// See Driver::run().
  void run() noexcept;
  /// If descriptors are lost, libcurl may not be called again, not even for cleanup, since it would use their
  /// numbers: keeps the loop as it is, permanently.
  static void keep_if_descriptors_are_lost(std::unique_ptr<Loop> loop) noexcept;

 private:
  // The steps of a turn, in this order.
  void sleep() noexcept;
  void serve_sockets() noexcept;
  void reap() noexcept;
  void receive(Call* calls) noexcept;
  void expire() noexcept;
  void admit() noexcept;
  void read_on() noexcept;

  int sleep_ms(Clock::time_point now) noexcept;
  bool is_idle() const noexcept;
  bool descriptors_are_ours() const noexcept { return poller_.is_ours() && sockets_.are_ours(); }
  bool give_up_unwatched() noexcept;
  void resume_lost_connections() noexcept;
  bool nudge_lane_of(int fd) noexcept;
  unsigned hand_over(Lane& lane, unsigned most) noexcept;
  bool start(Lane& lane, Call& call) noexcept;
  void kick(Lane& lane, unsigned added) noexcept;
  void share_connections() noexcept;
  void finish(Easy& easy, CURLcode code) noexcept;
  Call& retire(Easy& easy) noexcept;
  void send_back(Easy& easy) noexcept;
  void end_slow_handshakes(Lane& lane, Clock::time_point now) noexcept;
  void close_unresponsive(const Lane& lane, const Easy& easy) noexcept;
  static void pass_over_address(Lane& lane, const Easy& easy, Call& call) noexcept;
  void fail_together(Lane& lane, Call& cause) noexcept;
  void stop() noexcept;
  void abandon() noexcept;

  static constexpr Clock::time_point kNever = Clock::time_point::max();

  const Workplace work_;
  Handoff& handoff_;
  Poller& poller_;
  Sockets& sockets_;
  metrics::Counts& counts_ = metrics::counts();
  Connections connections_;
  Easies easies_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Rests rests_;
  Multi multi_;                 // destroyed before what its callbacks use
  std::size_t first_lane_ = 0;  // rotates, so that no endpoint starves another
  bool has_lost_descriptors_ = false;
  Loop* next_kept_ = nullptr;
};

}  // namespace sesam::transport::curl
