// SPDX-License-Identifier: Apache-2.0
#include "cli/key_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "cli/directory.h"
#include "cli/output_file.h"

namespace sesam::cli {
namespace {

Error unusable(const std::string& path, int error = errno) {
  return {Reason::bad_argument, path + ": " + std::strerror(error)};
}

// After a crash of the machine the directory has the old entry or the new one. Ignores errors of fsync(2),
// which some network file systems do not support.
void sync_directory(const std::string& path) noexcept {
  const int fd = ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<Secret> read_k_file(const std::string& path) {
  auto read = read_file(path);
  if (const int* failed = std::get_if<int>(&read)) return unusable(path, *failed);
  return std::get<Secret>(std::move(read));
}

Result<KFile> read_k_file_without_link(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
  if (fd < 0)
    return errno == ELOOP ? Error{Reason::bad_argument, path + ": is a symbolic link"} : unusable(path);
  struct stat status {};
  const bool is_regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  auto read = read_file(fd);
  ::close(fd);
  if (!is_regular) return Error{Reason::bad_argument, path + ": is not a regular file"};
  if (const int* failed = std::get_if<int>(&read)) return unusable(path, *failed);
  return KFile{std::get<Secret>(std::move(read)), status};
}

bool is_there(const std::string& path) noexcept {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<struct stat> marks_for(const std::string& path, mode_t mode) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) return status;
    return Error{Reason::bad_argument, path + ": is not a regular file"};
  }
  if (errno != ENOENT || ::stat(directory_of(path).c_str(), &status) != 0) return unusable(path);
  status.st_mode = mode;
  return status;
}

Result<void> replace_k_file(const std::string& path, std::string_view text, const struct stat& marks) {
  SESAM_TRY(staged, StagedFile::write(path, text, marks));
  SESAM_CHECK(staged.put());
  sync_directory(path);
  return {};
}

Result<void> keep_as(const std::string& path, const std::string& second_name) {
  if (::link(path.c_str(), second_name.c_str()) != 0) return unusable(second_name);
  sync_directory(second_name);
  return {};
}

}  // namespace sesam::cli
