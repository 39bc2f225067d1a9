// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <utility>

#include "base/quiet_write.h"

namespace sesam::metrics {
namespace {

constexpr mode_t kMode = 0644;  // for the collector, which runs as another user

std::pair<std::string_view, std::string_view> split(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {".", path};
  return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

// The name from before the program may change its title, with characters unusual in a file name as '_'.
std::string name_of_program() {
  std::string name = program_invocation_short_name;
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return !(std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'); }, '_');
  return name;
}

// Returns 0, or errno.
int write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write_quietly(fd, text);
    if (written == -1 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// The times matter, as a file system may reuse the inode of a replaced file for the next one.
bool is_same(const struct stat& one, const struct stat& other) noexcept {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

}  // namespace

Result<void> MetricsFile::check(std::string_view pattern) {
  const auto [directory, name] = split(pattern);
  bool good = !name.empty() && directory.find('%') == directory.npos;
  for (std::size_t i = 0; good && i < name.size(); ++i)
    if (name[i] == '%') good = ++i < name.size() && (name[i] == 'p' || name[i] == 'e' || name[i] == '%');
  if (good) return {};
  return Error{
      Reason::bad_configuration,
      "must be the path of a file, with %p for the process id and %e for the program in its last part"};
}

MetricsFile::MetricsFile(std::string_view pattern)
    : pattern_(pattern),
      directory_(split(pattern).first),
      name_pattern_(split(pattern).second),
      program_(name_of_program()) {
  for (std::size_t i = 0; i + 1 < name_pattern_.size(); ++i)
    if (name_pattern_[i] == '%') by_process_ |= name_pattern_[++i] == 'p';
  find_directory();
}

void MetricsFile::find_directory() {
  directory_fd_.close();
  directory_fd_ = OwnDescriptor(::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::string MetricsFile::name() const {
  std::string name;
  for (std::size_t i = 0; i < name_pattern_.size(); ++i) {
    if (name_pattern_[i] != '%')
      name += name_pattern_[i];
    else if (name_pattern_[++i] == 'p')
      name += std::to_string(getpid());
    else
      name += name_pattern_[i] == 'e' ? program_ : "%";
  }
  return name;
}

std::string MetricsFile::labels() const {
  std::string labels = "program=\"" + program_ + "\"";
  return by_process_ ? labels + ",pid=\"" + std::to_string(getpid()) + "\"" : labels;
}

// The temporary file's suffix is not one that a collector looks for,
// and its name includes the thread id, which is unique on the machine.
int MetricsFile::replace(const std::string& name, std::string_view text) {
  const std::string temporary = name + "." + std::to_string(gettid()) + ".tmp";
  const auto create = [&] {
    return ::openat(directory_fd_.fd(), temporary.c_str(),
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode);
  };
  int fd = create();
  if (fd == -1 && errno == EEXIST) {  // left behind by a killed thread with that id
    ::unlinkat(directory_fd_.fd(), temporary.c_str(), 0);
    fd = create();
  }
  if (fd == -1) return errno;
  int failed = write_all(fd, text);
  if (failed == 0 && fchmod(fd, kMode) != 0) failed = errno;  // whatever the umask is
  struct stat written {};
  if (failed == 0 && fstat(fd, &written) != 0) failed = errno;
  if (::close(fd) != 0 && failed == 0) failed = errno;
  if (failed == 0 && ::renameat(directory_fd_.fd(), temporary.c_str(), directory_fd_.fd(), name.c_str()) != 0)
    failed = errno;
  if (failed == 0)
    written_ = written;
  else
    ::unlinkat(directory_fd_.fd(), temporary.c_str(), 0);
  return failed;
}

int MetricsFile::write(std::string_view text) {
  if (!directory_fd_.is_ours()) find_directory();
  if (!directory_fd_.is_open()) return errno;
  const std::string target = name();
  const int failed = replace(target, text);
  if (failed != ENOENT) return failed;
  find_directory();  // the directory was removed; it may have been created again
  return !directory_fd_.is_open() ? errno : replace(target, text);
}

void MetricsFile::remove() {
  if (!directory_fd_.is_ours()) return;
  const std::string target = name();
  struct stat status {};
  if (::fstatat(directory_fd_.fd(), target.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      is_same(status, written_))
    ::unlinkat(directory_fd_.fd(), target.c_str(), 0);
}

}  // namespace sesam::metrics
