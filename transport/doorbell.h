// SPDX-License-Identifier: Apache-2.0
// A descriptor that becomes readable when another thread rings it.
#pragma once

#include "base/descriptors.h"

namespace sesam::transport {

/// What eventfd(2) offers, but with an inode of its own, so that a program that closed the descriptor is
/// noticed. A ring is an empty datagram: in a file, a pipe or a connection of the program that got the
/// number, it leaves nothing. Safe from any thread.
class Doorbell {
 public:
  /// errno says why it is not open.
  Doorbell() noexcept;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  bool is_open() const noexcept { return near_.is_open(); }
  int fd() const noexcept { return near_.fd(); }
  /// false: nobody hears it, because the program has closed it.
  bool ring() const noexcept;
  /// Makes it unreadable until the next ring; false: the descriptor is something else.
  bool silence() const noexcept;
  /// Whether the descriptors are open and still lead to it.
  bool is_ours() const noexcept;
  /// Leaves a number alone that belongs to another file now. For a forked child too.
  void close() noexcept;

 private:
  int far_fd() const noexcept { return far_.is_open() ? far_.fd() : near_.fd(); }

  OwnDescriptor near_;  // to wait on
  OwnDescriptor far_;   // to ring by, where that is another socket
};

}  // namespace sesam::transport
