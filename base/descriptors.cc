// SPDX-License-Identifier: Apache-2.0
#include "base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sesam {

int above_standard_streams(int fd) noexcept {
  if (fd == -1 || fd > STDERR_FILENO) return fd;
  const int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  ::close(fd);
  errno = error;
  return higher;
}

FileIdentity::FileIdentity(int fd) noexcept {
  struct stat status {};
  if (fd != -1 && fstat(fd, &status) == 0) *this = FileIdentity(status);
}

FileIdentity::FileIdentity(const struct stat& status) noexcept
    : device_(status.st_dev), inode_(status.st_ino) {}

FileIdentity FileIdentity::of_root() noexcept {
  struct stat root {};
  return ::stat("/", &root) == 0 ? FileIdentity(root) : FileIdentity();
}

bool FileIdentity::is_root() const noexcept {
  struct stat root {};
  return ::stat("/", &root) == 0 && is_of(root);
}

bool FileIdentity::is_of(const struct stat& status) const noexcept {
  return inode_ != 0 && status.st_dev == device_ && status.st_ino == inode_;
}

bool FileIdentity::is_behind(int fd) const noexcept {
  struct stat status {};
  return fd != -1 && fstat(fd, &status) == 0 && is_of(status);
}

OwnDescriptor& OwnDescriptor::operator=(OwnDescriptor&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  identity_ = other.identity_;
  return *this;
}

void OwnDescriptor::close() noexcept {
  if (is_ours()) ::close(fd_);
  fd_ = -1;
}

}  // namespace sesam
