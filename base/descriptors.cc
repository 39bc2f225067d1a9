// SPDX-License-Identifier: Apache-2.0
#include "base/descriptors.h"

#include <fcntl.h>
#include <sys/stat.h>
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
  if (fd == -1 || fstat(fd, &status) != 0) return;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

bool FileIdentity::is_behind(int fd) const noexcept {
  struct stat status {};
  return inode_ != 0 && fd != -1 && fstat(fd, &status) == 0 && status.st_dev == device_ &&
         status.st_ino == inode_;
}

}  // namespace sesam
