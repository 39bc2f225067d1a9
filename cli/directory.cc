// SPDX-License-Identifier: Apache-2.0
#include "cli/directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace sesam::cli {
namespace {

Error cannot(const std::string& what, int error) {
  return {Reason::bad_argument, what + ": " + std::strerror(error)};
}

}  // namespace

Result<void> refuse_foreign(const std::filesystem::path& path) {
  const auto refused = [&](const char* why) {
    return Error{Reason::bad_argument, path.string() + why + ": choose another --directory"};
  };
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return cannot(path, errno);
  if (S_ISLNK(status.st_mode)) return refused(" is a symbolic link");
  if (!S_ISDIR(status.st_mode)) return cannot(path, ENOTDIR);
  if (status.st_uid != geteuid()) return refused(" belongs to another user");
  if ((status.st_mode & S_IWOTH) != 0) return refused(" can be written by every user");
  return {};
}

}  // namespace sesam::cli
