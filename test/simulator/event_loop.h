// SPDX-License-Identifier: Apache-2.0
// The event loop of the I/O thread: descriptors, timers, and work that other threads post.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <vector>

namespace sesam::simulator {

using Clock = std::chrono::steady_clock;

// Receives the events of a file descriptor.
class FdHandler {
 public:
  virtual void on_events(std::uint32_t epoll_events) = 0;

 protected:
  ~FdHandler() = default;
};

// Called once at the end of a turn, so that a connection writes all replies of the turn at once.
class TurnEnd {
 public:
  virtual void end_of_turn() = 0;

 protected:
  ~TurnEnd() = default;
};

// The event loop of the I/O thread: epoll, timers, and actions posted by other threads. Throws
// std::system_error if a system call fails.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void run();  // until stop(); can be called again
  void stop() { stopping_ = true; }

  void add(int fd, std::uint32_t epoll_events, FdHandler& handler);
  void modify(int fd, std::uint32_t epoll_events, FdHandler& handler);
  void remove(int fd);

  void after(Clock::duration delay, std::function<void()> action);
  // `turn_end` must stay alive until it is called; it may be destroyed in the call.
  void at_end_of_turn(TurnEnd& turn_end) { turn_ends_.push_back(&turn_end); }

  // The only method that other threads may call. Wakes the loop only if it is sleeping.
  void post(std::function<void()> action);

 private:
  struct Timer {
    Clock::time_point due;
    std::uint64_t sequence;  // keeps the order of timers that are due at the same time
    std::function<void()> action;
  };
  struct Later {
    bool operator()(const Timer& a, const Timer& b) const {
      return a.due != b.due ? a.due > b.due : a.sequence > b.sequence;
    }
  };

  bool may_sleep();
  void arm_timer();
  void dispatch(int timeout_ms);
  void run_timers();
  void run_posted();
  void run_turn_ends();

  int epoll_;
  int wake_fd_;
  int timer_fd_;
  bool stopping_ = false;
  std::vector<Timer> timers_;  // a heap
  Clock::time_point armed_ = Clock::time_point::max();
  std::uint64_t sequence_ = 0;
  std::vector<TurnEnd*> turn_ends_;
  std::vector<TurnEnd*> running_turn_ends_;

  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
  bool asleep_ = false;                        // guarded by mutex_
  std::vector<std::function<void()>> running_posted_;
};

}  // namespace sesam::simulator
