// SPDX-License-Identifier: Apache-2.0
#include "n200/http/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace sesam::n200::http {

Poller::Poller() noexcept : epoll_fd_(epoll_create1(EPOLL_CLOEXEC)), event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!is_open()) return;
  // Edge-triggered: each write is a new edge, so nobody has to read the counter, which saves a system call a wake-up.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = event_fd_;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, event_fd_, &event) != 0) ::close(std::exchange(event_fd_, -1));
}

Poller::~Poller() {
  if (epoll_fd_ != -1) ::close(epoll_fd_);
  if (event_fd_ != -1) ::close(event_fd_);
}

void Poller::ring() const noexcept { [[maybe_unused]] const int written = eventfd_write(event_fd_, 1); }

Poller::Interest* Poller::find(int fd) noexcept {
  const auto found = std::find_if(interests_.begin(), interests_.end(), [fd](const Interest& i) { return i.fd == fd; });
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

void Poller::apply() noexcept {
  if (!std::exchange(changed_, false)) return;
  for (auto& interest : interests_) {
    // A descriptor that nobody waits for stays registered until it becomes ready (see take_over): an idle connection
    // is mostly used again before.
    if (interest.wanted == interest.registered || interest.wanted == 0) continue;
    epoll_event event{};
    event.events = interest.wanted;
    event.data.fd = interest.fd;
    epoll_ctl(epoll_fd_, interest.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, interest.fd, &event);
    interest.registered = interest.wanted;
  }
}

void Poller::wait(int timeout_ms) noexcept {
  std::array<epoll_event, std::tuple_size_v<decltype(ready_)>> events;
  const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), timeout_ms);
  ready_count_ = 0;
  for (int i = 0; i < count; ++i) take_over(events[static_cast<std::size_t>(i)]);
}

void Poller::take_over(const epoll_event& event) noexcept {
  if (event.data.fd == event_fd_) return;
  Interest* interest = find(event.data.fd);
  if (interest == nullptr) return;
  if (interest->wanted == 0) {
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, interest->fd, nullptr);
    interest->registered = 0;
    return;
  }
  ready_[ready_count_++] = {event.data.fd, event.events};
}

void Poller::close_in_child() noexcept {
  if (epoll_fd_ != -1) ::close(epoll_fd_);
  if (event_fd_ != -1) ::close(event_fd_);
}

}  // namespace sesam::n200::http
