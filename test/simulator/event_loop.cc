// SPDX-License-Identifier: Apache-2.0
#include "event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sesam::simulator {
namespace {

constexpr int kEventsPerTurn = 128;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void drain(int fd) {
  std::uint64_t value = 0;
  if (read(fd, &value, sizeof value) < 0 && errno != EAGAIN) checked(-1, "read");
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_fd_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      timer_fd_(checked(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")) {
  for (const int fd : {wake_fd_, timer_fd_}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = fd == wake_fd_ ? &wake_fd_ : &timer_fd_;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
}

EventLoop::~EventLoop() {
  close(timer_fd_);
  close(wake_fd_);
  close(epoll_);
}

void EventLoop::add(int fd, std::uint32_t epoll_events, FdHandler& handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = &handler;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void EventLoop::modify(int fd, std::uint32_t epoll_events, FdHandler& handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = &handler;
  checked(epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event), "epoll_ctl");
}

void EventLoop::remove(int fd) { checked(epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr), "epoll_ctl"); }

void EventLoop::run() {
  stopping_ = false;
  while (!stopping_) {
    arm_timer();
    dispatch(may_sleep() ? -1 : 0);
    run_posted();
    run_timers();
    run_turn_ends();
  }
}

bool EventLoop::may_sleep() {
  const std::lock_guard lock(mutex_);
  asleep_ = posted_.empty() && turn_ends_.empty();
  return asleep_;
}

void EventLoop::arm_timer() {
  if (timers_.empty() || timers_.front().due >= armed_) return;
  armed_ = timers_.front().due;
  const auto since_epoch = armed_.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  // Never all zero, which would disarm the timer.
  when.it_value.tv_nsec = std::max<long>(1, std::chrono::nanoseconds(since_epoch - seconds).count());
  checked(timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
}

void EventLoop::dispatch(int timeout_ms) {
  std::array<epoll_event, kEventsPerTurn> events{};
  const int count = epoll_wait(epoll_, events.data(), kEventsPerTurn, timeout_ms);
  if (count < 0 && errno != EINTR) checked(count, "epoll_wait");
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
  }
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == &wake_fd_) {
      drain(wake_fd_);
    } else if (event.data.ptr == &timer_fd_) {
      drain(timer_fd_);
      armed_ = Clock::time_point::max();
    } else {
      static_cast<FdHandler*>(event.data.ptr)->on_events(event.events);
    }
  }
}

void EventLoop::after(Clock::duration delay, std::function<void()> action) {
  timers_.push_back({Clock::now() + delay, sequence_++, std::move(action)});
  std::push_heap(timers_.begin(), timers_.end(), Later{});
}

void EventLoop::run_timers() {
  if (timers_.empty()) return;
  const Clock::time_point now = Clock::now();
  while (!timers_.empty() && timers_.front().due <= now) {
    std::pop_heap(timers_.begin(), timers_.end(), Later{});
    const Timer timer = std::move(timers_.back());
    timers_.pop_back();
    timer.action();
  }
}

void EventLoop::post(std::function<void()> action) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(action));
    wake = std::exchange(asleep_, false);
  }
  if (!wake) return;
  const std::uint64_t one = 1;
  checked(static_cast<int>(write(wake_fd_, &one, sizeof one)), "eventfd");
}

void EventLoop::run_posted() {
  {
    const std::lock_guard lock(mutex_);
    running_posted_.swap(posted_);
  }
  for (const auto& action : running_posted_) action();
  running_posted_.clear();
}

void EventLoop::run_turn_ends() {
  running_turn_ends_.swap(turn_ends_);
  for (TurnEnd* turn_end : running_turn_ends_) turn_end->end_of_turn();
  running_turn_ends_.clear();
}

}  // namespace sesam::simulator
