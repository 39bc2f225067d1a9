// SPDX-License-Identifier: Apache-2.0
#include "base/line_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

#include "base/quiet_write.h"

namespace sesam {
namespace {

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

LineOutput::LineOutput(std::string_view output, std::string syslog_path) {
  if (output == "syslog") {
    kind_ = Kind::syslog;
    path_ = std::move(syslog_path);
    fd_ = open_syslog(path_);
  } else if (output == "stderr") {
    if (fcntl(STDERR_FILENO, F_GETFD) == -1) return;
    kind_ = Kind::standard_error;
    fd_ = STDERR_FILENO;
  } else if (!output.empty()) {
    open(output);
  }
  file_.store(new File{FileIdentity(fd_), nullptr}, std::memory_order_release);
}

void LineOutput::open(std::string_view path) {
  kind_ = Kind::file;
  std::error_code failed;  // of getcwd(3)
  const auto absolute = std::filesystem::absolute(path, failed);
  path_ = failed ? std::string(path) : absolute.string();
  root_ = FileIdentity::of_root();
  fd_ = open_file(path_);
  if (fd_ == -1) open_error_ = errno;
}

LineOutput::~LineOutput() {
  if (kind_ != Kind::standard_error && is_ours_open()) ::close(fd_);
  delete file_.load();
}

bool LineOutput::is_ours_open() const noexcept {
  struct stat status {};
  return fstat(fd_, &status) == 0 && is_ours(status);
}

// While another thread is at replacing the file, either may be behind the descriptor.
bool LineOutput::is_ours(const struct stat& status) const noexcept {
  const File* file = file_.load(std::memory_order_acquire);
  return file->identity.is_of(status) || (file->previous && file->previous->identity.is_of(status));
}

bool LineOutput::is_time_to_look() const noexcept {
  constexpr std::int64_t kPauseMs = 1000;
  const std::int64_t now = now_ms();
  std::int64_t due = next_look_ms_.load(std::memory_order_relaxed);
  return now >= due && next_look_ms_.compare_exchange_strong(due, now + kPauseMs, std::memory_order_relaxed);
}

void LineOutput::follow_rotation() const noexcept {
  if (kind_ != Kind::file || !is_time_to_look()) return;
  struct stat ours {
  }, there{};
  if (fstat(fd_, &ours) != 0 || !is_ours(ours)) return start_again();
  const bool is_removed = ours.st_nlink == 0;
  // In another root directory the path is another one, and the file that was opened before stays.
  if (!root_.is_root()) return replaced_.store(is_removed ? ENOENT : 0, std::memory_order_relaxed);
  const bool is_there = ::lstat(path_.c_str(), &there) == 0;
  const bool is_the_same = there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
  if (is_there && is_the_same) return replaced_.store(0, std::memory_order_relaxed);
  // A process that may no longer search the directory learns from a removed file only.
  if (is_there || errno == ENOENT || is_removed) open_next(ours);
}

// The process may not be allowed to: its user is another one by now.
void LineOutput::open_next(const struct stat& ours) const noexcept {
  const int fd = open_file(path_);
  if (fd == -1) {
    if (S_ISREG(ours.st_mode)) replaced_.store(errno, std::memory_order_relaxed);
    return;
  }
  replace_file(fd);
  ::close(fd);
}

// The program has closed the descriptor, as daemons do that close all, and the number may be that of a file
// of its own by now. Or the file could not be opened so far.
void LineOutput::start_again() const noexcept {
  if (kind_ == Kind::file && !root_.is_root()) return;
  OwnDescriptor next(kind_ == Kind::file ? open_file(path_) : open_syslog(path_));
  if (!next.is_ours() || !publish(FileIdentity(next.fd()))) return;
  fd_.store(next.release(), std::memory_order_release);
}

// The descriptor stays the same, so that other threads may be writing; whatever is behind it is ours.
void LineOutput::replace_file(int fd) const noexcept {
  struct stat ours {
  }, next{};
  if (fstat(fd_, &ours) != 0 || !is_ours(ours) || !S_ISREG(ours.st_mode)) return;
  if (fstat(fd, &next) != 0) return;
  if (!S_ISREG(next.st_mode)) return replaced_.store(EINVAL, std::memory_order_relaxed);
  if (publish(FileIdentity(next)) && ::dup3(fd, fd_, O_CLOEXEC) != -1)
    replaced_.store(0, std::memory_order_relaxed);
}

// The file before is kept for life, as another thread may be looking at it. false: no memory, or another
// thread was at it for longer than between looks.
bool LineOutput::publish(const FileIdentity& next) const noexcept {
  std::unique_ptr<File> file(new (std::nothrow) File{next, nullptr});
  if (file == nullptr) return false;
  const File* before = file_.load(std::memory_order_acquire);
  file->previous.reset(before);
  const bool is_published = file_.compare_exchange_strong(before, file.get(), std::memory_order_acq_rel);
  static_cast<void>(is_published ? file.release() : file->previous.release());
  return is_published;
}

// The end of a line that was cut off, as by a disk that was full, must not be missed by the next.
int LineOutput::put(std::string_view line, const struct stat& status) const noexcept {
  const auto size = static_cast<ssize_t>(line.size());
  errno = 0;
  const ssize_t written = S_ISSOCK(status.st_mode)
                              ? ::send(fd_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                              : write_quietly(fd_, line);
  if (written == size) return 0;
  if (written == -1) return errno;
  if (written > 0) is_cut_.store(true, std::memory_order_relaxed);
  return ENOSPC;
}

// Whatever fails, the daemon may have been restarted, and another socket has the path: a second attempt goes
// there. A daemon that has made one line wait does not make the next one wait.
int LineOutput::send(std::string_view message) const noexcept {
  constexpr std::chrono::milliseconds kPatience{100}, kNone{0};
  if (!is_ours_open()) {
    if (is_time_to_look()) start_again();
    if (!is_ours_open()) return EBADF;
  }
  const bool was_failing = is_failing_.load(std::memory_order_relaxed);
  int failed = send_syslog(fd_, message, was_failing ? kNone : kPatience);
  if (failed != 0 && connect_syslog(fd_, path_)) failed = send_syslog(fd_, message, kNone);
  if (was_failing != (failed != 0)) is_failing_.store(failed != 0, std::memory_order_relaxed);
  return failed;
}

// A daemon that closes every descriptor may have given ours to a file of its own: never write into that. Its
// standard error may become another file, which is meant for us too, but not a connection to somebody.
int LineOutput::write(std::string_view line) const noexcept {
  if (kind_ == Kind::syslog) return send(line);
  follow_rotation();
  struct stat status {};
  if (fstat(fd_, &status) != 0) return open_error_ != 0 ? open_error_ : errno;
  if (!is_ours(status) && (kind_ == Kind::file || S_ISSOCK(status.st_mode))) return EBADF;
  // What we opened does not block.
  if (kind_ != Kind::file && !S_ISREG(status.st_mode) && !S_ISSOCK(status.st_mode) &&
      !takes_at_once(fd_, S_ISFIFO(status.st_mode), line.size()))
    return EAGAIN;
  if (is_cut_.load(std::memory_order_relaxed) && is_cut_.exchange(false)) {
    const int failed = put("\n", status);
    is_cut_.store(failed != 0, std::memory_order_relaxed);
    if (failed != 0) return failed;
  }
  return put(line, status);
}

int LineOutput::check() const noexcept {
  if (kind_ != Kind::file) return kind_ == Kind::nowhere ? EBADF : 0;
  follow_rotation();
  struct stat status {};
  if (fstat(fd_, &status) != 0) return open_error_ != 0 ? open_error_ : errno;
  return is_ours(status) ? replaced() : EBADF;
}

}  // namespace sesam
