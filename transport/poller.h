// SPDX-License-Identifier: Apache-2.0
// epoll, and the doorbell that wakes it.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transport/doorbell.h"

namespace sesam::transport {

class Poller {
 public:
  struct Ready {
    int fd;
    std::uint32_t events;  ///< EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP
  };

  Poller() noexcept;
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  bool is_open() const noexcept { return epoll_fd_ != -1; }
  /// Why it is not open (an errno).
  int open_errno() const noexcept { return open_errno_; }
  /// Ends the current or next wait(); false: the program has closed the descriptor. Safe from any thread.
  bool ring() const noexcept { return doorbell_.ring(); }
  /// Whether the numbers still refer to our epoll and doorbell. Safe from any thread.
  bool is_ours() const noexcept;

  /// What to wait for on this descriptor from now on; 0: nothing. Takes effect with the next apply(): libcurl
  /// changes its mind several times per turn, and only the last state reaches the kernel, if it changed at
  /// all. A descriptor that is not waited for is still watched for its end.
  void want(int fd, std::uint32_t events);
  /// The descriptor is about to be closed, or its number was just opened: discards all earlier state.
  void forget(int fd) noexcept;
  /// Another file is about to take over this number (dup3(2)): the next apply() registers it again.
  void renew(int fd) noexcept;
  void apply() noexcept;

  /// A descriptor that epoll does not watch, and why (an errno of epoll_ctl(2)).
  struct Unwatched {
    int fd;
    int error;
  };
  /// A descriptor that could not be registered or removed, each once; the next apply() tries again.
  std::optional<Unwatched> take_unwatched() noexcept;
  /// Waits at most `timeout_ms` (-1: until something happens). ready() holds the results until the next
  /// wait().
  void wait(int timeout_ms) noexcept;
  /// The last wait() failed: the number no longer refers to an epoll.
  bool has_failed() const noexcept { return failed_; }
  std::span<const Ready> ready() const noexcept { return {ready_.data(), ready_count_}; }
  /// The descriptors that are not waited for and that the peer has closed; each is reported once.
  std::span<const int> hung_up() const noexcept { return {hung_up_.data(), hung_up_count_}; }
  bool found_something() const noexcept { return ready_count_ != 0 || hung_up_count_ != 0; }

  /// After a fork, the descriptors are the parent's too, so close them and do nothing else.
  void close_in_child() noexcept { close(); }

 private:
  struct Interest {
    int fd;
    std::uint32_t wanted;
    std::uint32_t registered;  // 0: not registered with epoll
    int error = 0;             // why it is not registered
  };
  Interest* find(int fd) noexcept;
  void take_over(const epoll_event& event) noexcept;
  void watch_idle(Interest& interest, std::uint32_t events) noexcept;
  void watch(Interest& interest, std::uint32_t events) noexcept;
  void unwatch(Interest& interest) noexcept;

  void close() noexcept;

  Doorbell doorbell_;
  int open_errno_;
  int epoll_fd_ = -1;
  bool failed_ = false;
  bool changed_ = false;
  std::optional<Unwatched> unexpected_;  // a descriptor that is no longer among the interests
  std::vector<Interest> interests_;      // few, so searched linearly
  static constexpr std::size_t kMaxEvents = 64;
  std::array<Ready, kMaxEvents> ready_{};
  std::array<int, kMaxEvents> hung_up_{};
  std::size_t ready_count_ = 0;
  std::size_t hung_up_count_ = 0;
};

}  // namespace sesam::transport
