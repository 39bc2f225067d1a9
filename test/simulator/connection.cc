// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "listener.h"

namespace sesam::simulator {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kProduceBytes = 256 * 1024;
constexpr std::chrono::seconds kDrainTime(2);

}  // namespace

Connection::Connection(EventLoop& loop, Listener& owner, int fd, std::unique_ptr<ByteStream> stream)
    : loop_(loop), owner_(owner), fd_(fd), stream_(std::move(stream)), watched_events_(EPOLLIN) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  loop_.add(fd_, watched_events_, *this);
}

Connection::~Connection() {
  session_.reset();
  if (closing_ != Closing::reset && !drain_limit_ && !silent_) stream_->say_goodbye();
  ::close(fd_);
}

void Connection::on_events(std::uint32_t epoll_events) {
  const bool hung_up = (epoll_events & (EPOLLHUP | EPOLLERR)) != 0;
  if (silent_) return request_close(Closing::now);  // the client has closed
  if (closing_ == Closing::draining) return drain();
  if (closing_ != Closing::no && hung_up) return request_close(Closing::now);
  if ((epoll_events & EPOLLIN) != 0 || hung_up) read_all();
  if ((epoll_events & EPOLLOUT) != 0) wants_flush();
}

void Connection::read_all() {
  static std::array<char, kReadBytes> buffer;  // used by the I/O thread only
  while (closing_ == Closing::no && !silent_) {
    const IoResult result = stream_->read(buffer.data(), buffer.size());
    if (!session_) start_session();
    if (result.status == IoStatus::blocked) return;
    // Draining lets the peer read the alert of a failed handshake instead of a reset.
    if (result.status == IoStatus::closed) return session_ ? request_close(Closing::now) : start_draining();
    idle_.reset();
    session_->receive({buffer.data(), result.bytes});
  }
}

// Plain streams start immediately, TLS streams when their handshake is complete.
void Connection::start_session() {
  SSL* tls = stream_->established_tls();
  if (stream_->is_tls() && tls == nullptr) return;
  session_ = owner_.make_session(*this, tls);
  if (unwanted_) request_close(Closing::after_flush);
}

void Connection::watch_idleness() {
  if (owner_.rules().idle_ms == 0 || !session_ || !session_->idle()) return;
  idle_ = std::make_shared<Connection*>(this);
  loop_.after(std::chrono::milliseconds(owner_.rules().idle_ms), [idle = std::weak_ptr(idle_)] {
    if (const auto connection = idle.lock()) (*connection)->shut();
  });
}

void Connection::wants_flush() {
  if (std::exchange(flush_planned_, true)) return;
  loop_.at_end_of_turn(*this);
}

void Connection::request_close(Closing how) {
  closing_ = std::max(closing_, how);
  wants_flush();
}

void Connection::go_away() {
  if (session_) return session_->go_away();
  shut();  // still in the TLS handshake
}

void Connection::change_max_streams(std::uint32_t max_streams) {
  if (session_) session_->change_max_streams(max_streams);
}

// The kernel continues to acknowledge data; only the client's close is still watched for.
void Connection::fall_silent() {
  if (closing_ != Closing::no || std::exchange(silent_, true)) return;
  watched_events_ = EPOLLRDHUP;
  loop_.modify(fd_, watched_events_, *this);
}

void Connection::end_of_turn() {
  if (closing_ < Closing::now && !silent_) flush();
  if (closing_ >= Closing::now) return close();  // destroys this
  flush_planned_ = false;
}

void Connection::flush() {
  while (session_) {
    if (out_sent_ == out_.size()) {
      out_.clear();
      out_sent_ = 0;
      session_->produce(out_, kProduceBytes);
      if (closing_ >= Closing::now || silent_) return;
    }
    if (out_.empty()) break;
    if (!write_out()) return;
  }
  watch(false);
  watch_idleness();
  if (session_ && (closing_ == Closing::after_flush || session_->done())) start_draining();
}

// Returns false if the rest must wait or the connection is closed.
bool Connection::write_out() {
  while (out_sent_ < out_.size()) {
    const IoResult result = stream_->write(std::string_view(out_).substr(out_sent_));
    if (result.status == IoStatus::done) {
      out_sent_ += result.bytes;
      continue;
    }
    if (result.status == IoStatus::closed) {
      closing_ = Closing::now;
    } else {
      watch(true);
    }
    return false;
  }
  return true;
}

// Watches for input too, unless it would be ignored.
void Connection::watch(bool writable) {
  const std::uint32_t in = closing_ == Closing::after_flush ? 0U : EPOLLIN;
  const std::uint32_t events = in | (writable ? EPOLLOUT : 0U);
  if (std::exchange(watched_events_, events) != events) loop_.modify(fd_, events, *this);
}

void Connection::start_draining() {
  closing_ = Closing::draining;
  session_.reset();
  watch(false);
  stream_->say_goodbye();
  shutdown(fd_, SHUT_WR);
  drain_limit_ = std::make_shared<Connection*>(this);
  loop_.after(kDrainTime, [limit = std::weak_ptr(drain_limit_)] {
    if (const auto connection = limit.lock()) (*connection)->request_close(Closing::now);
  });
}

void Connection::drain() {
  char dropped[4096];
  ssize_t size = 0;
  do {
    size = recv(fd_, dropped, sizeof dropped, 0);
  } while (size > 0);
  if (size == 0 || errno != EAGAIN) request_close(Closing::now);
}

void Connection::close() {
  loop_.remove(fd_);
  if (closing_ == Closing::reset) {
    const linger abort{1, 0};  // close() then sends RST
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  owner_.forget(*this);
}

}  // namespace sesam::simulator
