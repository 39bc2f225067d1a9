// SPDX-License-Identifier: Apache-2.0
// A descriptor that becomes readable when another thread rings it.
#pragma once

#include "base/descriptors.h"

namespace sesam::transport {

/// Like eventfd(2), but with an inode of its own, so that it is noticed if the program closes the descriptor.
/// A ring is an empty datagram: it has no effect on a file, a pipe or a connection of the program that has
/// got the number. Safe to use from any thread.
class Doorbell {
 public:
  /// If it is not open, errno gives the reason.
  Doorbell() noexcept;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  bool is_open() const noexcept { return near_.is_open(); }
  int fd() const noexcept { return near_.fd(); }
  /// false: the program has closed the descriptor, so the ring has no effect.
  bool ring() const noexcept;
  /// Discards pending rings; false: the number belongs to another file.
  bool silence() const noexcept;
  /// Whether the descriptors are open and still refer to this doorbell.
  bool is_ours() const noexcept;
  /// Does not close a number that belongs to another file now. Also for a forked child.
  void close() noexcept;

 private:
  int far_fd() const noexcept { return far_.is_open() ? far_.fd() : near_.fd(); }

  OwnDescriptor near_;  // to wait on
  OwnDescriptor far_;   // to ring, if that is a separate socket
};

}  // namespace sesam::transport
