// SPDX-License-Identifier: Apache-2.0
// File descriptors that cannot be mistaken for the standard streams, and file identities,
// which detect that the program has closed a descriptor and reused its number.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <utility>

namespace sesam {

/// Returns `fd` if it is above standard error; else closes it and returns a close-on-exec duplicate
/// that is, or -1 and errno. In a program without standard streams, a new descriptor gets one of their
/// numbers, and everything that is printed would go to it. Passes on -1 from an open that failed.
int above_standard_streams(int fd) noexcept;

/// The open file behind a descriptor. A program may close descriptors that it did not open
/// (closefrom(3)); the number may then refer to another file. Distinguishes sockets, regular files
/// and directories, but not anonymous inodes: all eventfd(2) and epoll(7) descriptors share one.
class FileIdentity {
 public:
  /// Matches no file.
  FileIdentity() noexcept = default;
  explicit FileIdentity(int fd) noexcept;
  explicit FileIdentity(const struct stat& status) noexcept;
  /// The current root directory of the process. In another one (chroot(2)), a path names another file.
  static FileIdentity of_root() noexcept;
  /// Whether the process still has this root directory.
  bool is_root() const noexcept;
  /// Whether the descriptor is open and refers to this file.
  bool is_behind(int fd) const noexcept;
  bool is_of(const struct stat& status) const noexcept;

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// Owns a descriptor. Does not close it if its number refers to another file by now.
class OwnDescriptor {
 public:
  OwnDescriptor() noexcept = default;
  explicit OwnDescriptor(int fd) noexcept : fd_(fd), identity_(fd) {}
  OwnDescriptor(OwnDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), identity_(other.identity_) {}
  OwnDescriptor& operator=(OwnDescriptor&& other) noexcept;
  ~OwnDescriptor() { close(); }

  int fd() const noexcept { return fd_; }  ///< -1: not open
  bool is_open() const noexcept { return fd_ != -1; }
  bool is_ours() const noexcept { return identity_.is_behind(fd_); }
  void close() noexcept;
  /// Releases ownership: the caller must close the descriptor.
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
  FileIdentity identity_;
};

}  // namespace sesam
