// SPDX-License-Identifier: Apache-2.0
#include "n200/http/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/descriptors.h"

namespace sesam::n200::http {

Poller::Poller() noexcept
    : epoll_fd_(above_standard_streams(epoll_create1(EPOLL_CLOEXEC))),
      event_fd_(epoll_fd_ == -1 ? -1 : above_standard_streams(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))),
      open_errno_(errno) {
  if (!is_open()) return;
  // Edge-triggered: each write is a new edge, so nobody has to read the counter, which saves a system call a
  // wake-up.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = event_fd_;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, event_fd_, &event) == 0) return;
  open_errno_ = errno;
  ::close(std::exchange(event_fd_, -1));
}

Poller::~Poller() {
  if (epoll_fd_ != -1) ::close(epoll_fd_);
  if (event_fd_ != -1) ::close(event_fd_);
}

void Poller::ring() const noexcept { [[maybe_unused]] const int written = eventfd_write(event_fd_, 1); }

Poller::Interest* Poller::find(int fd) noexcept {
  const auto found =
      std::find_if(interests_.begin(), interests_.end(), [fd](const Interest& i) { return i.fd == fd; });
  return found == interests_.end() ? nullptr : &*found;
}

void Poller::want(int fd, std::uint32_t events) {
  Interest* interest = find(fd);
  if (interest == nullptr) {
    if (events == 0) return;
    interest = &interests_.emplace_back(Interest{fd, 0, 0});
  }
  interest->wanted = events;
  changed_ = true;
}

void Poller::forget(int fd) noexcept {
  Interest* interest = find(fd);
  if (interest == nullptr) return;
  if (interest->registered != 0) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  interests_.erase(interests_.begin() + (interest - interests_.data()));
}

void Poller::tell_epoll(int operation, Interest& interest, std::uint32_t events) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.fd = interest.fd;
  epoll_ctl(epoll_fd_, operation, interest.fd, &event);
  interest.registered = events;
}

void Poller::apply() noexcept {
  if (!std::exchange(changed_, false)) return;
  for (auto& interest : interests_) {
    // A descriptor that nobody waits for stays registered until it becomes ready (see watch_idle): an idle
    // connection is mostly used again before.
    const std::uint32_t events = interest.wanted | EPOLLRDHUP;
    if (interest.wanted == 0 || events == interest.registered) continue;
    tell_epoll(interest.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, interest, events);
  }
}

void Poller::wait(int timeout_ms) noexcept {
  std::array<epoll_event, kMostEvents> events;
  const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), timeout_ms);
  ready_count_ = hung_up_count_ = 0;
  for (int i = 0; i < count; ++i) take_over(events[static_cast<std::size_t>(i)]);
}

void Poller::take_over(const epoll_event& event) noexcept {
  if (event.data.fd == event_fd_) return;
  Interest* interest = find(event.data.fd);
  if (interest == nullptr) return;
  if (interest->wanted == 0)
    watch_idle(*interest, event.events);
  else
    ready_[ready_count_++] = {event.data.fd, event.events};
}

// The peer may send on an idle connection (a window update): that keeps until somebody reads. Its end is
// another matter.
void Poller::watch_idle(Interest& interest, std::uint32_t events) noexcept {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
    return tell_epoll(EPOLL_CTL_MOD, interest, EPOLLRDHUP);
  tell_epoll(EPOLL_CTL_DEL, interest, 0);
  hung_up_[hung_up_count_++] = interest.fd;
}

void Poller::close_in_child() noexcept {
  if (epoll_fd_ != -1) ::close(epoll_fd_);
  if (event_fd_ != -1) ::close(event_fd_);
}

}  // namespace sesam::n200::http
