// SPDX-License-Identifier: Apache-2.0
#include "base/secret_file.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace sesam {
namespace {

constexpr mode_t kPermissions = 07777;

}  // namespace

SecretFile describe_secret_file(const std::string& path) {
  struct stat status {};
  if (!path.starts_with('/') || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return {path, status.st_uid, static_cast<mode_t>(status.st_mode & kPermissions)};
}

std::variant<Secret, std::string> read_secret_again(const SecretFile& file) {
  if (getauxval(AT_SECURE) != 0) return "this program runs with the rights of another user";
  const int fd = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd == -1) return std::strerror(errno);
  struct stat status {};
  const bool is_regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const bool is_same_owner = status.st_uid == file.owner;
  const bool is_opened_up = (status.st_mode & kPermissions & ~file.mode & 0077) != 0;
  std::variant<Secret, std::string> found;
  if (!is_regular)
    found = "is no longer a regular file";
  else if (!is_same_owner)
    found = "has a new owner";
  else if (is_opened_up)
    found = "gives other users more access than before";
  else
    found = read_only_line(fd);
  ::close(fd);
  return found;
}

FileState state_of(const SecretFile& file) noexcept {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) return {};
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  return {status.st_dev, status.st_ino, status.st_ctim.tv_sec * kNsPerSecond + status.st_ctim.tv_nsec};
}

}  // namespace sesam
