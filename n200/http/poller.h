// SPDX-License-Identifier: Apache-2.0
// epoll and the event descriptor that wakes it.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace sesam::n200::http {

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

  bool is_open() const noexcept { return epoll_fd_ != -1 && event_fd_ != -1; }
  /// Ends the present or next wait(). From any thread.
  void ring() const noexcept;

  /// What to wait for on this descriptor from now on; 0: nothing. Takes effect with the next apply(): libcurl changes
  /// its mind several times a turn, the kernel hears the last word only, and mostly none.
  void want(int fd, std::uint32_t events);
  /// The descriptor is about to be closed.
  void forget(int fd) noexcept;
  void apply() noexcept;
  /// Waits at most `timeout_ms` (-1: until something happens). What is ready stands in ready() until the next wait.
  void wait(int timeout_ms) noexcept;
  std::span<const Ready> ready() const noexcept { return {ready_.data(), ready_count_}; }

  /// After fork: the descriptors are the parent's too, so close them and do nothing else.
  void close_in_child() noexcept;

 private:
  struct Interest {
    int fd;
    std::uint32_t wanted;
    std::uint32_t registered;  // 0: not known to epoll
  };
  Interest* find(int fd) noexcept;
  void take_over(const epoll_event& event) noexcept;

  int epoll_fd_ = -1;
  int event_fd_ = -1;
  bool changed_ = false;
  std::vector<Interest> interests_;  // a handful: searched linearly
  std::array<Ready, 64> ready_{};
  std::size_t ready_count_ = 0;
};

}  // namespace sesam::n200::http
