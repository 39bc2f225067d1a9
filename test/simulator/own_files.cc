// SPDX-License-Identifier: Apache-2.0
#include "own_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "openssl_handles.h"

namespace sesam::simulator {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(path + ": " + why);
}

}  // namespace

void require_own_directory(const std::string& path) {
  struct stat status {};
  const std::string::size_type end =
      path.find_last_not_of('/');  // lstat(2) follows a link whose name ends in '/'
  if (lstat(path.substr(0, end + 1).c_str(), &status) != 0) refuse(path, std::strerror(errno));
  if (!S_ISDIR(status.st_mode)) refuse(path, "is not a directory, or a symbolic link");
  if (status.st_uid != geteuid()) refuse(path, "the directory belongs to another user");
  if ((status.st_mode & S_IWOTH) != 0) refuse(path, "every user can write to the directory");
}

void refuse_link(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) refuse(path, "is a symbolic link");
}

void replace_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string beside = path + ".new";
  unlink(beside.c_str());  // a killed run may have left one
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  using FilePtr = std::unique_ptr<std::FILE, Freer<&std::fclose>>;
  FilePtr file(fd < 0 ? nullptr : fdopen(fd, "w"));
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fclose(file.release()) != 0 || std::rename(beside.c_str(), path.c_str()) != 0)
    refuse(path, std::strerror(errno));
}

}  // namespace sesam::simulator
