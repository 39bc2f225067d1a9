// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include "base/descriptors.h"
#include "base/printable.h"

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

}  // namespace

Log::Log(int level, int fd, bool owns_fd) noexcept : level_(level), fd_(fd), owns_fd_(owns_fd) {
  struct stat status {};
  if (fd_ >= 0 && fstat(fd_, &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
  }
}

Log::~Log() {
  struct stat status {};
  if (owns_fd_ && fstat(fd_, &status) == 0 && is_ours(status)) ::close(fd_);
}

Result<std::shared_ptr<const Log>> Log::open(int level, std::string_view output) {
  const auto made = [&](int fd, bool owns) { return std::shared_ptr<const Log>(new Log(level, fd, owns)); };
  if (level <= 0) return made(kNowhere, false);
  if (output == "syslog") return made(kSyslog, false);
  if (output == "stderr") return made(fcntl(STDERR_FILENO, F_GETFD) == -1 ? kNowhere : STDERR_FILENO, false);
  const std::string path(output);
  const int fd = above_standard_streams(::open(
      path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
  if (fd == -1)
    return Error{Reason::bad_configuration, "log_output = " + path + ": " + std::strerror(errno) +
                                                "; allowed are stderr, syslog or a path"};
  return made(fd, true);
}

bool Log::is_ours(const struct stat& status) const noexcept {
  return status.st_dev == device_ && status.st_ino == inode_;
}

// A daemon that closes every descriptor may have given ours to a file of its own: never write into that. Its
// standard error may become another file, which is meant for us too, but not a connection to somebody.
bool Log::may_write(std::size_t bytes) const noexcept {
  struct stat status {};
  if (fstat(fd_, &status) != 0) return false;
  if (!is_ours(status) && (owns_fd_ || S_ISSOCK(status.st_mode))) return false;
  // What we opened does not block.
  return owns_fd_ || S_ISREG(status.st_mode) || takes_at_once(fd_, S_ISFIFO(status.st_mode), bytes);
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
  const std::string head = timestamp() + " sesam[" + std::to_string(getpid()) + "]: ";
  std::string line = head + text + "\n";
  if (!may_write(line.size())) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (const auto lost = lost_.exchange(0, std::memory_order_relaxed); lost != 0)
    line.insert(0, head + std::to_string(lost) + " lines before this one are lost\n");
  // A full pipe or disk must not fail or delay a signature: one attempt.
  [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());
} catch (...) {
  // No memory for a log line: the operation itself reports what matters.
}

}  // namespace sesam
