// SPDX-License-Identifier: Apache-2.0
// The sockets of a pipeline, opened here so that a forked child can close them and a turn can cork them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/descriptors.h"

namespace sesam::transport {

class Sockets {
 public:
  /// `unanswered_ms`: how long sent bytes may stay unacknowledged before the kernel closes the connection.
  explicit Sockets(unsigned unanswered_ms) noexcept : unanswered_ms_(unanswered_ms) {}

  /// Opens a close-on-exec socket; -1 with errno as socket(2). Throws std::bad_alloc.
  int open(int family, int type, int protocol, std::size_t endpoint);
  /// Leaves the number alone if it now belongs to a file of the program.
  void close(int fd) noexcept;
  /// Whether all sockets over which something was sent are still open and ours.
  bool are_ours() const noexcept;
  /// A request was sent over this socket.
  void note_use(int fd) noexcept;
  bool is_in_use(int fd) const noexcept;
  struct Lost {
    int fd;
    std::size_t endpoint;
  };
  /// A socket over which nothing was sent yet and which other code has closed: removes it. The number may be
  /// another file's by now.
  std::optional<Lost> take_lost() noexcept;
  /// Why no more sockets can be opened (EMFILE, ENFILE, ENOMEM); 0: they can.
  static int limit_errno() noexcept;
  /// The endpoint's socket if it has exactly one, else -1.
  int only_socket_of(std::size_t endpoint) const noexcept;
  unsigned count_of(std::size_t endpoint) const noexcept;
  /// The endpoint's socket that has this local port and is not buried; -1: there is none.
  int socket_with_port(std::size_t endpoint, int local_port) const noexcept;
  /// The endpoint of this socket; nullopt if the socket is not ours (a resolver's).
  std::optional<std::size_t> endpoint_of(int fd) const noexcept;
  /// The peer has closed this connection, or it is to be closed: makes libcurl notice that. Works without a
  /// free descriptor, too.
  void bury(int fd) noexcept;
  /// Whether the endpoint's connection that had this local port was buried.
  bool is_buried(std::size_t endpoint, int local_port) const noexcept;
  /// The peer has closed the connection, or it was reset, and nothing is left to be read.
  static bool has_ended(int fd) noexcept;
  unsigned count() const noexcept { return static_cast<unsigned>(sockets_.size()); }
  /// Only close(2): for a forked child, where the parent's connection must not be affected, and for when
  /// libcurl may no longer use the numbers.
  void close_all() noexcept;

 private:
  struct Socket {
    int fd;
    std::size_t endpoint;
    FileIdentity identity;
    bool in_use;
    bool buried;
  };
  const unsigned unanswered_ms_;
  std::vector<Socket> sockets_;
};

/// Holds back data written to a TCP socket, so that the requests of one turn leave in full segments.
class Cork {
 public:
  explicit Cork(int fd) noexcept : fd_(fd) { set(1); }
  ~Cork() { set(0); }
  Cork(const Cork&) = delete;
  Cork& operator=(const Cork&) = delete;

 private:
  void set(int on) const noexcept;
  const int fd_;  // -1: no socket
};

}  // namespace sesam::transport
