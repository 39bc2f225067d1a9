// SPDX-License-Identifier: Apache-2.0
// File descriptors that a program's standard streams cannot be mistaken for, and files that keep their
// identity when the program closes their descriptors.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <utility>

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
  explicit FileIdentity(const struct stat& status) noexcept;
  /// Of the root directory that the process has now: in another one (chroot(2)) a path is another file's.
  static FileIdentity of_root() noexcept;
  /// It is that directory still.
  bool is_root() const noexcept;
  /// The descriptor is open and refers to this file.
  bool is_behind(int fd) const noexcept;
  bool is_of(const struct stat& status) const noexcept;

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A descriptor of ours. Its number is left alone where it belongs to another file now.
class OwnDescriptor {
 public:
  OwnDescriptor() noexcept = default;
  explicit OwnDescriptor(int fd) noexcept : fd_(fd), identity_(fd) {}
  OwnDescriptor(OwnDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), identity_(other.identity_) {}
  OwnDescriptor& operator=(OwnDescriptor&& other) noexcept;
  ~OwnDescriptor() { close(); }

  int fd() const noexcept { return fd_; }  ///< -1: it is not open, as errno said
  bool is_open() const noexcept { return fd_ != -1; }
  bool is_ours() const noexcept { return identity_.is_behind(fd_); }
  void close() noexcept;
  /// No longer ours to close.
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
  FileIdentity identity_;
};

}  // namespace sesam
