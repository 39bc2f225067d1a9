// SPDX-License-Identifier: Apache-2.0
#include "transport/poller.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/descriptors.h"

namespace sesam::transport {

Poller::Poller() noexcept : open_errno_(errno) {
  if (!doorbell_.is_open()) return;
  epoll_fd_ = above_standard_streams(epoll_create1(EPOLL_CLOEXEC));
  // Edge-triggered: each ring is a new edge, so the doorbell need not be read, which saves a system call per
  // wake-up.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = doorbell_.fd();
  if (epoll_fd_ != -1 && epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, doorbell_.fd(), &event) == 0) return;
  open_errno_ = errno;
  if (epoll_fd_ != -1) ::close(std::exchange(epoll_fd_, -1));
}

Poller::~Poller() { close(); }

// All epoll descriptors share one inode, but only ours knows the doorbell: adding it there again fails with
// EEXIST and changes nothing.
bool Poller::is_ours() const noexcept {
  if (!doorbell_.is_ours()) return false;
  epoll_event event{};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, doorbell_.fd(), &event) != 0) return errno == EEXIST;
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, doorbell_.fd(), nullptr);
  return false;
}

void Poller::close() noexcept {
  if (is_ours()) ::close(epoll_fd_);
  doorbell_.close();
}

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
  unwatch(*interest);
  interests_.erase(interests_.begin() + (interest - interests_.data()));
}

void Poller::renew(int fd) noexcept {
  Interest* interest = find(fd);
  if (interest == nullptr) return;
  unwatch(*interest);
  changed_ = true;
}

// A descriptor that was closed without notice (as libcurl's resolver does) has lost its registration, and its
// number may be another file by now. Only epoll itself knows what is registered.
void Poller::watch(Interest& interest, std::uint32_t events) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.fd = interest.fd;
  int operation = interest.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  int failed = epoll_ctl(epoll_fd_, operation, interest.fd, &event);
  if (failed != 0 && errno == (operation == EPOLL_CTL_ADD ? EEXIST : ENOENT)) {
    operation = operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    failed = epoll_ctl(epoll_fd_, operation, interest.fd, &event);
  }
  interest.error = failed == 0 ? 0 : errno;
  interest.registered = failed == 0 ? events : 0;
  if (failed != 0) changed_ = true;
}

// ENOENT and EBADF: the descriptor was closed before, which ended its registration.
void Poller::unwatch(Interest& interest) noexcept {
  if (interest.registered == 0) return;
  const int failed = epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, interest.fd, nullptr);
  if (failed != 0 && errno != ENOENT && errno != EBADF) unexpected_ = Unwatched{interest.fd, errno};
  interest.registered = 0;
}

void Poller::apply() noexcept {
  if (!std::exchange(changed_, false)) return;
  for (auto& interest : interests_) {
    // A descriptor that is not waited for stays registered until it becomes ready (see watch_idle): an idle
    // connection is usually used again before that.
    const std::uint32_t events = interest.wanted | EPOLLRDHUP;
    if (interest.wanted == 0 || events == interest.registered) continue;
    watch(interest, events);
  }
}

std::optional<Poller::Unwatched> Poller::take_unwatched() noexcept {
  if (unexpected_) return std::exchange(unexpected_, std::nullopt);
  for (auto& interest : interests_)
    if (const int error = std::exchange(interest.error, 0); error != 0) return Unwatched{interest.fd, error};
  return std::nullopt;
}

void Poller::wait(int timeout_ms) noexcept {
  std::array<epoll_event, kMaxEvents> events;
  const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), timeout_ms);
  failed_ = count == -1 && errno != EINTR;
  ready_count_ = hung_up_count_ = 0;
  for (int i = 0; i < count; ++i) take_over(events[static_cast<std::size_t>(i)]);
}

void Poller::take_over(const epoll_event& event) noexcept {
  if (event.data.fd == doorbell_.fd()) return;
  Interest* interest = find(event.data.fd);
  if (interest == nullptr) return;
  if (interest->wanted == 0)
    watch_idle(*interest, event.events);
  else
    ready_[ready_count_++] = {event.data.fd, event.events};
}

// The peer may send on an idle connection (a window update): that can wait until the next read. The end of
// the connection cannot.
void Poller::watch_idle(Interest& interest, std::uint32_t events) noexcept {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0) return watch(interest, EPOLLRDHUP);
  unwatch(interest);
  hung_up_[hung_up_count_++] = interest.fd;
}

}  // namespace sesam::transport
