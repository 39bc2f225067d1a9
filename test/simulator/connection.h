// SPDX-License-Identifier: Apache-2.0
// One TCP connection of a client.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "byte_stream.h"
#include "event_loop.h"
#include "session.h"

namespace sesam::simulator {

class Listener;

// One TCP connection: moves bytes between its stream and its session, writing once per turn of the loop.
class Connection final : private FdHandler, private TurnEnd, private SessionHost {
 public:
  Connection(EventLoop& loop, Listener& owner, int fd, std::unique_ptr<ByteStream> stream);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For the listener and, through it, for network faults that tests inject.
  void go_away();  // requests in progress are answered first
  void shut() { request_close(Closing::now); }
  void reset_connection() override { request_close(Closing::reset); }
  void close_after_handshake() { unwanted_ = true; }
  void fall_silent() override;  // until the client closes the connection
  bool silent() const { return silent_; }
  void change_max_streams(std::uint32_t max_streams);

 private:
  // draining: everything is sent and our side is shut down; further input is read and dropped. Closing with
  // unread input would make TCP send RST, and the peer could lose data that it has not read yet.
  enum class Closing { no, after_flush, draining, now, reset };

  void on_events(std::uint32_t epoll_events) override;
  void end_of_turn() override;
  void wants_flush() override;
  void close_after_flush() override { request_close(Closing::after_flush); }

  void request_close(Closing how);
  void read_all();
  void start_session();
  void watch_idleness();
  void flush();
  bool write_out();
  void watch(bool writable);
  void start_draining();
  void drain();
  void close();

  EventLoop& loop_;
  Listener& owner_;
  const int fd_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<Session> session_;  // null until the protocol is known
  std::string out_;
  std::size_t out_sent_ = 0;
  bool flush_planned_ = false;
  std::uint32_t watched_events_;
  Closing closing_ = Closing::no;
  bool silent_ = false;
  bool unwanted_ = false;
  std::shared_ptr<Connection*> idle_;         // set while idle; its timer holds a weak pointer to it
  std::shared_ptr<Connection*> drain_limit_;  // set while draining; likewise
};

}  // namespace sesam::simulator
