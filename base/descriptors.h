// SPDX-License-Identifier: Apache-2.0
// File descriptors that a program's standard streams cannot be mistaken for, and files that keep their
// identity when the program closes their descriptors.
#pragma once

#include <sys/types.h>

namespace sesam {

/// The same descriptor with a number above standard error's, close-on-exec; -1 and errno if there is none to
/// be had. In a program without standard streams a new one gets their numbers, and what anybody prints ends
/// in it. Takes -1 for an open that failed.
int above_standard_streams(int fd) noexcept;

/// The open file behind a descriptor. A program may close descriptors that it did not open (closefrom(3));
/// the number then belongs to another file. Tells sockets, regular files and directories apart, but not
/// anonymous inodes: all eventfd(2) and epoll(7) descriptors have the same one.
class FileIdentity {
 public:
  /// Of no file.
  FileIdentity() noexcept = default;
  explicit FileIdentity(int fd) noexcept;
  /// The descriptor is open and refers to this file.
  bool is_behind(int fd) const noexcept;

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace sesam
