// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "base/printable.h"
#include "base/quiet_write.h"

namespace sesam {
namespace {

constexpr int kSyslog = -1;
constexpr int kNowhere = -2;

std::string timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char day[32];
  const std::size_t length = strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
  char millis[16];
  const int more = snprintf(millis, sizeof millis, ".%03ldZ", now.tv_nsec / 1'000'000);
  return std::string(day, length).append(millis, static_cast<std::size_t>(more));
}

// Whether a line can be written without waiting for a reader: standard error is not ours to make
// non-blocking, as other programs may write to it too. Between this look and the writing other threads may
// fill a pipe, so a part of it is left to them.
bool takes_at_once(int fd, bool is_pipe, std::size_t bytes) noexcept {
  pollfd one{fd, POLLOUT, 0};
  if (poll(&one, 1, 0) != 1 || one.revents != POLLOUT) return false;
  int unread = 0;
  const int capacity = is_pipe ? fcntl(fd, F_GETPIPE_SZ) : -1;
  if (capacity <= 0 || ioctl(fd, FIONREAD, &unread) != 0) return bytes <= PIPE_BUF;
  constexpr int kLeftToOthers = 16 * 1024;
  return static_cast<std::size_t>(unread) + bytes <=
         static_cast<std::size_t>(capacity - std::min(capacity / 2, kLeftToOthers));
}

int open_file(const std::string& path) noexcept {
  return above_standard_streams(::open(
      path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
}

std::int64_t now_ms() noexcept {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::steady_clock;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Log::Log(int level, int fd, std::string path) : level_(level), fd_(fd), path_(std::move(path)) {
  struct stat root {};
  if (::stat("/", &root) == 0) root_ = FileIdentity(root);
  file_.store(new File{FileIdentity(fd_), nullptr}, std::memory_order_release);
}

Log::~Log() {
  struct stat status {};
  if (!path_.empty() && fstat(fd_, &status) == 0 && is_ours(status)) ::close(fd_);
  delete file_.load();
}

Result<std::shared_ptr<const Log>> Log::open(int level, std::string_view output) {
  const auto made = [&](int fd, std::string path = {}) {
    return std::shared_ptr<const Log>(new Log(level, fd, std::move(path)));
  };
  if (level <= 0) return made(kNowhere);
  if (output == "syslog") return made(kSyslog);
  if (output == "stderr") return made(fcntl(STDERR_FILENO, F_GETFD) == -1 ? kNowhere : STDERR_FILENO);
  const std::string path(output);
  const int fd = open_file(path);
  if (fd == -1)
    return Error{Reason::bad_configuration, "log_output = " + path + ": " + std::strerror(errno) +
                                                "; allowed values: stderr, syslog or a path"};
  std::error_code failed;  // of getcwd(3)
  const auto absolute = std::filesystem::absolute(path, failed);
  return made(fd, failed ? path : absolute.string());
}

// While another thread is at replacing the file, either may be behind the descriptor.
bool Log::is_ours(const struct stat& status) const noexcept {
  const File* file = file_.load(std::memory_order_acquire);
  return file->identity.is_of(status) || (file->previous && file->previous->identity.is_of(status));
}

// In another root directory the path is another one, and the file that was opened before stays.
void Log::follow_rotation() const noexcept {
  constexpr std::int64_t kPauseMs = 1000;
  const std::int64_t now = now_ms();
  std::int64_t due = next_look_ms_.load(std::memory_order_relaxed);
  if (path_.empty() || now < due ||
      !next_look_ms_.compare_exchange_strong(due, now + kPauseMs, std::memory_order_relaxed))
    return;
  struct stat ours {
  }, there{}, root{};
  if (fstat(fd_, &ours) != 0 || !is_ours(ours)) return start_again();
  const bool is_there = ::lstat(path_.c_str(), &there) == 0;
  const bool is_the_same = there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
  if (is_there ? is_the_same : errno != ENOENT) return;
  if (::stat("/", &root) != 0 || !root_.is_of(root)) return;
  const int fd = open_file(path_);
  if (fd == -1) return;  // the process may no longer: its user is another one by now
  replace_file(fd);
  ::close(fd);
}

// The program has closed the descriptor, as daemons do that close all, and the number may be that of a file
// of its own by now.
void Log::start_again() const noexcept {
  struct stat root {};
  if (::stat("/", &root) != 0 || !root_.is_of(root)) return;
  OwnDescriptor next(open_file(path_));
  if (!next.is_ours() || !publish(FileIdentity(next.fd()))) return;
  fd_.store(next.release(), std::memory_order_release);
}

// The descriptor stays the same, so that other threads may be writing; whatever is behind it is ours.
void Log::replace_file(int fd) const noexcept {
  struct stat ours {
  }, next{};
  if (fstat(fd_, &ours) != 0 || !is_ours(ours) || !S_ISREG(ours.st_mode)) return;
  if (fstat(fd, &next) != 0 || !S_ISREG(next.st_mode)) return;
  if (publish(FileIdentity(next))) ::dup3(fd, fd_, O_CLOEXEC);
}

// The file before is kept for life, as another thread may be looking at it. false: no memory, or another
// thread was at it for longer than between looks.
bool Log::publish(const FileIdentity& next) const noexcept {
  std::unique_ptr<File> file(new (std::nothrow) File{next, nullptr});
  if (file == nullptr) return false;
  const File* before = file_.load(std::memory_order_acquire);
  file->previous.reset(before);
  const bool is_published = file_.compare_exchange_strong(before, file.get(), std::memory_order_acq_rel);
  static_cast<void>(is_published ? file.release() : file->previous.release());
  return is_published;
}

// A daemon that closes every descriptor may have given ours to a file of its own: never write into that. Its
// standard error may become another file, which is meant for us too, but not a connection to somebody.
bool Log::put(std::string_view line) const noexcept {
  const bool is_own_file = !path_.empty();
  const auto size = static_cast<ssize_t>(line.size());
  struct stat status {};
  if (fstat(fd_, &status) != 0) return false;
  if (!is_ours(status) && (is_own_file || S_ISSOCK(status.st_mode))) return false;
  if (S_ISSOCK(status.st_mode))
    return ::send(fd_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == size;
  // What we opened does not block.
  if (!is_own_file && !S_ISREG(status.st_mode) && !takes_at_once(fd_, S_ISFIFO(status.st_mode), line.size()))
    return false;
  return write_quietly(fd_, line) == size;
}

void Log::write(LogLevel level, std::string_view message) const noexcept try {
  if (!wants(level) || fd_ == kNowhere) return;
  const std::string text = printable(message);
  if (fd_ == kSyslog) {
    const int priority = level <= LogLevel::failures      ? LOG_ERR
                         : level <= LogLevel::connections ? LOG_NOTICE
                                                          : LOG_DEBUG;
    syslog(LOG_DAEMON | priority, "sesam: %s", text.c_str());
    return;
  }
  follow_rotation();
  const std::string head = timestamp() + " sesam[" + std::to_string(getpid()) + "]: ";
  std::string line = head + text + "\n";
  const auto lost = lost_.exchange(0, std::memory_order_relaxed);
  if (lost != 0) line.insert(0, head + std::to_string(lost) + " earlier log messages were dropped\n");
  // A full pipe or disk must not fail or delay a signature: one attempt.
  if (!put(line)) lost_.fetch_add(lost + 1, std::memory_order_relaxed);
} catch (...) {
  // No memory for a log line: the operation itself reports what matters.
}

void Log::write(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept try {
  if (!wants(level)) return;
  std::string message;
  for (const auto part : parts) message.append(part);
  write(level, message);
} catch (const std::bad_alloc&) {
  return;
}

}  // namespace sesam
