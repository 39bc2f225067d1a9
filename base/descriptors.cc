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

}  // namespace sesam
