// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "listener.h"

namespace n200sim {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kProduceBytes = 256 * 1024;

}  // namespace

Connection::Connection(EventLoop& loop, Listener& owner, int fd, std::unique_ptr<ByteStream> stream)
    : loop_(loop), owner_(owner), fd_(fd), stream_(std::move(stream)) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  loop_.add(fd_, EPOLLIN, *this);
}

Connection::~Connection() {
  session_.reset();
  if (closing_ != Closing::kReset) stream_->say_goodbye();
  ::close(fd_);
}

void Connection::on_events(std::uint32_t epoll_events) {
  if ((epoll_events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_all();
  if ((epoll_events & EPOLLOUT) != 0) wants_flush();
}

void Connection::read_all() {
  static std::array<char, kReadBytes> buffer;  // the I/O thread's
  while (closing_ == Closing::kNo) {
    const IoResult result = stream_->read(buffer.data(), buffer.size());
    if (!session_) start_session();
    if (result.status == IoStatus::kBlocked) return;
    if (result.status == IoStatus::kClosed) return request_close(Closing::kNow);
    session_->receive({buffer.data(), result.bytes});
  }
}

// A plain stream at once, a TLS stream when its handshake is over.
void Connection::start_session() {
  SSL* tls = stream_->established_tls();
  if (stream_->is_tls() && tls == nullptr) return;
  session_ = owner_.make_session(*this, tls);
}

void Connection::wants_flush() {
  if (std::exchange(flush_planned_, true)) return;
  loop_.at_end_of_turn(*this);
}

void Connection::request_close(Closing how) {
  closing_ = std::max(closing_, how);
  wants_flush();
}

void Connection::end_of_turn() {
  if (closing_ < Closing::kNow) flush();
  if (closing_ >= Closing::kNow) return close();  // destroys this
  flush_planned_ = false;
}

void Connection::flush() {
  while (session_) {
    if (out_sent_ == out_.size()) {
      out_.clear();
      out_sent_ = 0;
      session_->produce(out_, kProduceBytes);
      if (closing_ >= Closing::kNow) return;
    }
    if (out_.empty()) break;
    if (!write_out()) return;
  }
  watch_writable(false);
  if (session_ && (closing_ == Closing::kAfterFlush || session_->done())) closing_ = Closing::kNow;
}

// False if the rest must wait, or the connection is gone.
bool Connection::write_out() {
  while (out_sent_ < out_.size()) {
    const IoResult result = stream_->write(std::string_view(out_).substr(out_sent_));
    if (result.status == IoStatus::kDone) {
      out_sent_ += result.bytes;
      continue;
    }
    if (result.status == IoStatus::kClosed) {
      closing_ = Closing::kNow;
    } else {
      watch_writable(true);
    }
    return false;
  }
  return true;
}

void Connection::watch_writable(bool on) {
  if (std::exchange(watching_writable_, on) == on) return;
  loop_.modify(fd_, on ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
}

void Connection::close() {
  loop_.remove(fd_);
  if (closing_ == Closing::kReset) {
    const linger abort{1, 0};  // close() then sends RST
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  owner_.forget(*this);
}

}  // namespace n200sim
