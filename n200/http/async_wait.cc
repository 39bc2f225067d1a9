// SPDX-License-Identifier: Apache-2.0
#include "n200/http/async_wait.h"

#include <openssl/err.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <thread>
#include <utility>

#include "base/process_state.h"
#include "n200/http/call.h"

namespace sesam::n200::http {

/// An event descriptor that belongs to a wait context and to the calls that will ring it, whichever lives
/// longer.
class Bell {
 public:
  static Bell* make() noexcept {
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd == -1) return nullptr;
    auto* bell = new (std::nothrow) Bell(fd);
    if (bell == nullptr) ::close(fd);
    return bell;
  }

  int fd() const noexcept { return fd_; }
  /// After fork the descriptor is the parent's too.
  bool is_of_this_process() const noexcept { return generation_ == fork_generation(); }
  void keep() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    ::close(fd_);
    delete this;
  }
  void ring() const noexcept { [[maybe_unused]] const int rung = eventfd_write(fd_, 1); }
  void silence() const noexcept {
    eventfd_t count = 0;
    [[maybe_unused]] const int read = eventfd_read(fd_, &count);
  }

 private:
  explicit Bell(int fd) noexcept : fd_(fd) {}
  std::atomic<int> owners_{1};
  const int fd_;
  const unsigned generation_ = fork_generation();
};

namespace {

constexpr std::chrono::microseconds kNoPauseAtAll{50};
constexpr std::chrono::milliseconds kShortSleep{1};

// Its address is our key among the descriptors of a wait context.
const char kBellKey = 0;

void drop_bell(ASYNC_WAIT_CTX*, const void*, OSSL_ASYNC_FD, void* custom) {
  static_cast<Bell*>(custom)->drop();
}

// The bell that the wait context has, silent; nullptr: none, or the one of the parent process, which is not
// ours to silence.
Bell* silenced_bell_of(ASYNC_WAIT_CTX* context) noexcept {
  OSSL_ASYNC_FD fd = -1;
  void* custom = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kBellKey, &fd, &custom) != 1) return nullptr;
  auto* bell = static_cast<Bell*>(custom);
  if (!bell->is_of_this_process()) return nullptr;
  bell->silence();
  return bell;
}

void drop_bell_of(ASYNC_WAIT_CTX* context) noexcept {
  OSSL_ASYNC_FD fd = -1;
  void* custom = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kBellKey, &fd, &custom) != 1) return;
  ASYNC_WAIT_CTX_clear_fd(context, &kBellKey);
  static_cast<Bell*>(custom)->drop();
}

// One bell a wait context, silent; nullptr if there is none to be had.
Bell* bell_of(ASYNC_WAIT_CTX* context) noexcept {
  if (Bell* present = silenced_bell_of(context)) return present;
  drop_bell_of(context);  // the parent's
  Bell* bell = Bell::make();
  if (bell == nullptr) return nullptr;
  if (ASYNC_WAIT_CTX_set_wait_fd(context, &kBellKey, bell->fd(), bell, drop_bell) == 1) return bell;
  bell->drop();
  return nullptr;
}

const char kTimerKey = 0;

void close_timer(ASYNC_WAIT_CTX*, const void*, OSSL_ASYNC_FD fd, void*) { ::close(fd); }

// One timer a wait context, which stays there: an application hears late of descriptors that go. -1: none.
int timer_of(ASYNC_WAIT_CTX* context) noexcept {
  // After fork the descriptor is the parent's too.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a number that is only compared
  void* const mine = reinterpret_cast<void*>(std::uintptr_t{1} + fork_generation());
  OSSL_ASYNC_FD fd = -1;
  void* owner = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kTimerKey, &fd, &owner) == 1) {
    if (owner == mine) return fd;
    ASYNC_WAIT_CTX_clear_fd(context, &kTimerKey);  // does not close it
    ::close(fd);
  }
  fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd == -1 || ASYNC_WAIT_CTX_set_wait_fd(context, &kTimerKey, fd, mine, close_timer) == 1) return fd;
  ::close(fd);
  return -1;
}

// steady_clock is CLOCK_MONOTONIC; its zero turns the timer off.
void set_timer(int fd, Clock::time_point until) noexcept {
  const auto since_boot = until.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = std::chrono::nanoseconds(since_boot - seconds).count();
  timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, nullptr);
}

bool has_callback(ASYNC_WAIT_CTX* context) noexcept {
  ASYNC_callback_fn callback = nullptr;
  void* argument = nullptr;
  return ASYNC_WAIT_CTX_get_callback(context, &callback, &argument) == 1 && callback != nullptr;
}

// Other code runs on this thread meanwhile, and must find the error stack without our mark.
bool pause_job() noexcept {
  ERR_pop_to_mark();
  const int paused = ASYNC_pause_job();
  ERR_set_mark();
  return paused == 1;
}

}  // namespace

Notify::Notify(Notify&& other) noexcept
    : callback_(std::exchange(other.callback_, nullptr)),
      argument_(std::exchange(other.argument_, nullptr)),
      bell_(std::exchange(other.bell_, nullptr)) {}

Notify& Notify::operator=(Notify&& other) noexcept {
  std::swap(callback_, other.callback_);
  std::swap(argument_, other.argument_);
  std::swap(bell_, other.bell_);
  return *this;
}

Notify::~Notify() {
  if (bell_ != nullptr) bell_->drop();
}

Notify Notify::for_current_job() noexcept {
  Notify notify;
  ASYNC_JOB* job = ASYNC_get_current_job();
  if (job == nullptr) return notify;
  ASYNC_WAIT_CTX* context = ASYNC_get_wait_ctx(job);
  if (context == nullptr) return notify;
  if (ASYNC_WAIT_CTX_get_callback(context, &notify.callback_, &notify.argument_) == 1 &&
      notify.callback_ != nullptr) {
    ASYNC_WAIT_CTX_set_status(context, ASYNC_STATUS_OK);
    return notify;
  }
  notify.callback_ = nullptr;
  notify.bell_ = bell_of(context);
  if (notify.bell_ != nullptr) notify.bell_->keep();
  return notify;
}

void Notify::ring() const noexcept {
  if (callback_ != nullptr)
    callback_(argument_);
  else if (bell_ != nullptr)
    bell_->ring();
}

Paused pause_job_until_done(const Call& call) noexcept {
  const unsigned generation = fork_generation();
  for (;;) {
    const std::uint32_t state = call.state.load(std::memory_order_acquire);
    if ((state & kDone) != 0) return Paused::done;
    if (fork_generation() != generation) return Paused::other_process;
    if ((state & kAnswered) != 0) {
      sched_yield();  // the I/O thread is inside the application's callback, whose argument must outlive it
      continue;
    }
    if (Clock::now() >= call.deadline) return Paused::deadline_passed;
    if (!pause_job()) return Paused::cannot_pause;
  }
}

bool pause_job_until(Clock::time_point until) noexcept {
  ASYNC_JOB* job = ASYNC_get_current_job();
  ASYNC_WAIT_CTX* context = job == nullptr ? nullptr : ASYNC_get_wait_ctx(job);
  if (context == nullptr || has_callback(context)) return false;
  const int fd = timer_of(context);
  if (fd == -1) return false;
  silenced_bell_of(context);  // or what rang for an earlier call would have the job resumed
  set_timer(fd, until);
  bool paused = true;
  for (auto now = Clock::now(); paused && now < until; now = Clock::now()) {
    paused = pause_job();
    // Resumed at once: pausing is blocked (ASYNC_block_pause(3)), or nobody looks at descriptors.
    if (Clock::now() - now < kNoPauseAtAll) std::this_thread::sleep_until(std::min(until, now + kShortSleep));
  }
  set_timer(fd, {});
  return paused;
}

void rest_until(Clock::time_point until) noexcept {
  if (!pause_job_until(until)) std::this_thread::sleep_until(until);
}

}  // namespace sesam::n200::http
