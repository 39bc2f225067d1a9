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

// Whether a line can be written without blocking. Standard error must not be made
// non-blocking, as other programs may write to it too. Other threads may fill a pipe
// between this check and the write, so part of its capacity is reserved for them.
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

// While another thread replaces the file, the descriptor may refer to the old file or the new one.
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
  // In another root directory the path names another file, so the file that is open stays in use.
  if (!root_.is_root()) return replaced_.store(is_removed ? ENOENT : 0, std::memory_order_relaxed);
  const bool is_there = ::lstat(path_.c_str(), &there) == 0;
  const bool is_the_same = there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
  if (is_there && is_the_same) return replaced_.store(0, std::memory_order_relaxed);
  // Without permission to search the directory, only the link count shows that the file was removed.
  if (is_there || errno == ENOENT || is_removed) open_next(ours);
}

// May fail, as the process may have changed its user since.
void LineOutput::open_next(const struct stat& ours) const noexcept {
  const int fd = open_file(path_);
  if (fd == -1) {
    if (S_ISREG(ours.st_mode)) replaced_.store(errno, std::memory_order_relaxed);
    return;
  }
  replace_file(fd);
  ::close(fd);
}

// Opens the output again. The program may have closed the descriptor, as daemons do that
// close all of them, and reused its number; or the file could not be opened so far.
void LineOutput::start_again() const noexcept {
  if (kind_ == Kind::file && !root_.is_root()) return;
  OwnDescriptor next(kind_ == Kind::file ? open_file(path_) : open_syslog(path_));
  if (!next.is_ours() || !publish(FileIdentity(next.fd()))) return;
  fd_.store(next.release(), std::memory_order_release);
}

// Keeps the descriptor's number, as other threads may be writing to it; it always refers to a file of ours.
void LineOutput::replace_file(int fd) const noexcept {
  struct stat ours {
  }, next{};
  if (fstat(fd_, &ours) != 0 || !is_ours(ours) || !S_ISREG(ours.st_mode)) return;
  if (fstat(fd, &next) != 0) return;
  if (!S_ISREG(next.st_mode)) return replaced_.store(EINVAL, std::memory_order_relaxed);
  if (publish(FileIdentity(next)) && ::dup3(fd, fd_, O_CLOEXEC) != -1)
    replaced_.store(0, std::memory_order_relaxed);
}

// Keeps the previous File until the destructor, as another thread may be reading
// it. False: out of memory, or another thread has published a File meanwhile.
bool LineOutput::publish(const FileIdentity& next) const noexcept {
  std::unique_ptr<File> file(new (std::nothrow) File{next, nullptr});
  if (file == nullptr) return false;
  const File* before = file_.load(std::memory_order_acquire);
  file->previous.reset(before);
  const bool is_published = file_.compare_exchange_strong(before, file.get(), std::memory_order_acq_rel);
  static_cast<void>(is_published ? file.release() : file->previous.release());
  return is_published;
}

// A partial write, as on a full disk, sets is_cut_, so that the next line does not continue this one.
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

// On any failure, connects again and retries once, as a restarted daemon has a new
// socket at the path. Does not wait for the daemon if the previous line failed.
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

// A daemon that closes every descriptor may have reused our number for a file of its own: never
// write to that. A redirected standard error is written to, unless it is a connection to a peer.
int LineOutput::write(std::string_view line) const noexcept {
  if (kind_ == Kind::syslog) return send(line);
  follow_rotation();
  struct stat status {};
  if (fstat(fd_, &status) != 0) return open_error_ != 0 ? open_error_ : errno;
  if (!is_ours(status) && (kind_ == Kind::file || S_ISSOCK(status.st_mode))) return EBADF;
  // Files that we opened are non-blocking; writes to regular files and MSG_DONTWAIT do not block either.
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
