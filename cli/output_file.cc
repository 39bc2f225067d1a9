// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>
#include <vector>

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  bool close() noexcept { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

constexpr unsigned kOwnersOnly = 0600;

Error unusable(const std::string& path) { return {Reason::bad_argument, path + ": " + std::strerror(errno)}; }

bool is_foreign(const struct stat& status) noexcept {
  return status.st_uid != 0 && status.st_uid != ::geteuid();
}

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

// Changes the owner only if it differs, because only root may change it.
bool give_to(const struct stat* owner, int fd) noexcept {
  struct stat own {};
  if (owner == nullptr) return true;
  if (::fstat(fd, &own) != 0) return false;
  return (own.st_uid == owner->st_uid && own.st_gid == owner->st_gid) ||
         ::fchown(fd, owner->st_uid, owner->st_gid) == 0;
}

// The descriptor of this process that the path leads to, as /dev/stdout and /dev/fd/3 do; otherwise -1.
// Opening such a path would reopen its file at the beginning.
int own_descriptor(fs::path path) {
  constexpr int kMaxLinks = 8;
  const fs::path ours = "/proc/" + std::to_string(::getpid()) + "/fd";
  std::error_code failed;
  for (int links = 0; links < kMaxLinks && !failed; ++links) {
    const fs::path directory = fs::canonical(fs::absolute(path, failed).parent_path(), failed);
    if (directory == ours) {
      const std::string name = path.filename().string();
      int number = -1;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
      return error == std::errc{} && end == name.data() + name.size() ? number : -1;
    }
    path = directory / fs::read_symlink(path, failed);
  }
  return -1;
}

Result<void> write_to_descriptor(int number, const std::string& path, std::string_view text) {
  std::cout.flush();
  return write_all(number, text) ? Result<void>() : unusable(path);
}

Result<void> write_to_special(const std::string& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  struct stat opened {};
  if (file.get() < 0 || ::fstat(file.get(), &opened) != 0) return unusable(path);
  if (S_ISREG(opened.st_mode))  // it replaced the special file
    return Error{Reason::bad_argument, path + ": was replaced meanwhile"};
  if (S_ISFIFO(opened.st_mode) && is_foreign(opened))
    return Error{Reason::bad_argument, path + ": is a FIFO of another user"};
  return write_all(file.get(), text) && file.close() ? Result<void>() : unusable(path);
}

Result<void> overwrite_file(const std::string& path, std::string_view text, bool is_link) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC | (is_link ? 0 : O_NOFOLLOW);
  Descriptor file(::open(path.c_str(), flags, 0666));
  if (file.get() < 0) return unusable(path);
  if (write_all(file.get(), text) && file.close()) return {};
  Error error = unusable(path);
  error.detail += "; the file is incomplete";
  return error;
}

unsigned mode_of_new_files() noexcept {
  const mode_t mask = ::umask(S_IRWXG | S_IRWXO);
  ::umask(mask);
  return 0666 & ~mask;
}

bool is_own_group(gid_t group) {
  if (group == ::getegid()) return true;
  const int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (groups.empty() || ::getgroups(count, groups.data()) != count) return false;
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

// Whether a new file can replace it without changing its owner or losing another hard link.
bool is_replaceable(const std::string& path, const struct stat& there) {
  const fs::path directory = fs::path(path).parent_path();
  const bool is_own = ::geteuid() == 0 || (there.st_uid == ::geteuid() && is_own_group(there.st_gid));
  return is_own && there.st_nlink == 1 && ::access(path.c_str(), W_OK) == 0 &&
         ::access(directory.empty() ? "." : directory.c_str(), W_OK | X_OK) == 0;
}

// Writes a new file first if possible, so that the old one remains if the space does not suffice.
Result<void> write_regular(const std::string& path, std::string_view text, const struct stat* there) {
  if (there != nullptr && !is_replaceable(path, *there)) return overwrite_file(path, text, false);
  SESAM_TRY(staged, there != nullptr ? StagedFile::write(path, text, *there)
                                     : StagedFile::write(path, text, mode_of_new_files()));
  auto put = staged.put();
  // A file that is a mount point cannot be replaced by rename(2).
  return put || there == nullptr ? put : overwrite_file(path, text, false);
}

}  // namespace

Result<StagedFile> StagedFile::write(const std::string& path, std::string_view text, unsigned mode) {
  return write(path, text, mode, nullptr);
}

Result<StagedFile> StagedFile::write(const std::string& path, std::string_view text,
                                     const struct stat& like) {
  return write(path, text, like.st_mode & 0777, &like);
}

Result<StagedFile> StagedFile::write(const std::string& path, std::string_view text, unsigned mode,
                                     const struct stat* owner) {
  std::string beside = (fs::path(path).parent_path() / ".sesam-XXXXXX").string();
  Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));  // with mode 0600
  if (file.get() < 0) return unusable(path);
  StagedFile staged(path, beside);
  if (give_to(owner, file.get()) && write_all(file.get(), text) && ::fchmod(file.get(), mode) == 0 &&
      ::fsync(file.get()) == 0 && file.close())
    return staged;
  return unusable(path);
}

StagedFile::~StagedFile() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

Result<void> StagedFile::put() {
  if (::rename(beside_.c_str(), path_.c_str()) != 0) return unusable(path_);
  beside_.clear();
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view text, unsigned mode) {
  SESAM_TRY(staged, StagedFile::write(path, text, mode));
  return staged.put();
}

Result<void> write_output(const std::string& path, std::string_view text, Readers readers) {
  if (path.empty()) {
    std::cout << text;  // main() checks whether that succeeded
    return {};
  }
  if (const int number = own_descriptor(path); number >= 0) return write_to_descriptor(number, path, text);
  struct stat itself {};
  struct stat target {};
  const bool is_link = ::lstat(path.c_str(), &itself) == 0 && S_ISLNK(itself.st_mode);
  const bool is_special = ::stat(path.c_str(), &target) == 0 && !S_ISREG(target.st_mode);
  if (!is_special && readers == Readers::owner) return replace_file(path, text, kOwnersOnly);
  if (is_link && is_foreign(itself))
    return Error{Reason::bad_argument, path + ": is a symbolic link of another user; name the file itself"};
  if (is_special) return write_to_special(path, text);
  if (is_link) return overwrite_file(path, text, true);
  return write_regular(path, text, S_ISREG(itself.st_mode) ? &itself : nullptr);
}

}  // namespace sesam::cli
