// SPDX-License-Identifier: Apache-2.0
#include "transport/async_wait.h"

#include <openssl/err.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <thread>
#include <utility>

#include "base/cancellation.h"
#include "base/process_state.h"
#include "transport/call.h"
#include "transport/doorbell.h"

namespace sesam::transport {

/// A doorbell shared by a wait context and the calls that will ring it; it lives until the last of them drops
/// it.
class Bell {
 public:
  static Bell* make() noexcept {
    auto* bell = new (std::nothrow) Bell;
    if (bell != nullptr && !bell->doorbell_.is_open()) delete std::exchange(bell, nullptr);
    return bell;
  }

  int fd() const noexcept { return doorbell_.fd(); }
  /// After a fork, the parent process uses the descriptor too.
  bool is_of_this_process() const noexcept { return generation_ == fork_generation(); }
  void keep() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    delete this;
  }
  void ring() noexcept {
    doorbell_.ring();
    used_.store(now_ms(), std::memory_order_relaxed);
  }
  /// false: the program has closed the descriptor.
  bool silence() noexcept {
    const auto now = now_ms();
    if (now - used_.exchange(now, std::memory_order_relaxed) > kPause && !doorbell_.is_ours()) return false;
    return doorbell_.silence();
  }

 private:
  Bell() noexcept = default;
  static std::int64_t now_ms() noexcept {
    using std::chrono::duration_cast, std::chrono::milliseconds;
    return duration_cast<milliseconds>(Clock::now().time_since_epoch()).count();
  }
  static constexpr std::int64_t kPause = 100;  // unused for this long (ms): check the descriptor

  Doorbell doorbell_;
  std::atomic<int> owners_{1};
  std::atomic<std::int64_t> used_{now_ms()};
  const unsigned generation_ = fork_generation();
};

namespace {

// If a job is resumed at once many times in a row, it cannot pause (ASYNC_block_pause(3)), or the application
// does not poll its descriptor. From then on, the thread sleeps briefly to avoid a busy loop.
constexpr std::chrono::microseconds kNoPauseAtAll{50};
constexpr unsigned kResumedAtOnce = 100;
constexpr std::chrono::microseconds kShortSleep{200};

// Its address identifies our descriptor in a wait context.
const char kBellKey = 0;

// Called by libcrypto on the application's thread: close(2) is a cancellation point.
void drop_bell(ASYNC_WAIT_CTX*, const void*, OSSL_ASYNC_FD, void* custom) {
  const HeldCancellation held;
  static_cast<Bell*>(custom)->drop();
}

// The wait context's bell, silenced. nullptr if there is none, or if it must not be silenced because it
// belongs to the parent process or the program has closed it.
Bell* silenced_bell_of(ASYNC_WAIT_CTX* context) noexcept {
  OSSL_ASYNC_FD fd = -1;
  void* custom = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kBellKey, &fd, &custom) != 1) return nullptr;
  auto* bell = static_cast<Bell*>(custom);
  if (!bell->is_of_this_process()) return nullptr;
  return bell->silence() ? bell : nullptr;
}

void drop_bell_of(ASYNC_WAIT_CTX* context) noexcept {
  OSSL_ASYNC_FD fd = -1;
  void* custom = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kBellKey, &fd, &custom) != 1) return;
  ASYNC_WAIT_CTX_clear_fd(context, &kBellKey);
  static_cast<Bell*>(custom)->drop();
}

// The wait context's bell, silenced and retained for the caller, or a new one. The wait context gets a new
// bell only with the first pause: HAProxy assumes that it was notified of every descriptor that it finds
// there, and a pause is what notifies it.
Bell* bell_for(ASYNC_WAIT_CTX* context) noexcept {
  if (Bell* present = silenced_bell_of(context)) {
    present->keep();
    return present;
  }
  drop_bell_of(context);  // no longer ours
  return Bell::make();
}

// false: the application would not be notified.
bool give_to_current_job(Bell* bell) noexcept {
  ASYNC_JOB* job = ASYNC_get_current_job();
  ASYNC_WAIT_CTX* context = job == nullptr ? nullptr : ASYNC_get_wait_ctx(job);
  if (context == nullptr) return false;
  OSSL_ASYNC_FD fd = -1;
  void* custom = nullptr;
  if (ASYNC_WAIT_CTX_get_fd(context, &kBellKey, &fd, &custom) == 1) return custom == bell;
  if (ASYNC_WAIT_CTX_set_wait_fd(context, &kBellKey, bell->fd(), bell, drop_bell) != 1) return false;
  bell->keep();
  return true;
}

// Other code runs on this thread during the pause and must not find our mark on the error stack.
bool pause_job() noexcept {
  ERR_pop_to_mark();
  int paused = 0;
  {
    const ReleasedCancellation released;
    paused = ASYNC_pause_job();
  }
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
  notify.bell_ = bell_for(context);
  return notify;
}

Notify Notify::share() const noexcept {
  Notify other;
  other.callback_ = callback_;
  other.argument_ = argument_;
  other.bell_ = bell_;
  if (bell_ != nullptr) bell_->keep();
  return other;
}

bool Notify::prepare_pause() const noexcept { return bell_ == nullptr || give_to_current_job(bell_); }

void Notify::ring() const noexcept {
  if (callback_ != nullptr)
    callback_(argument_);
  else if (bell_ != nullptr)
    bell_->ring();
}

Paused pause_job_until_answered(const Call& call, const Notify& notify, Clock::time_point until) noexcept {
  const unsigned generation = fork_generation();
  unsigned resumed_at_once = 0;
  for (;;) {
    if (call.has_outcome()) return Paused::answered;
    if (fork_generation() != generation) return Paused::other_process;
    const auto now = Clock::now();
    if (now >= until) return Paused::deadline_passed;
    if (!notify.prepare_pause() || !pause_job()) return Paused::cannot_pause;
    resumed_at_once = Clock::now() - now < kNoPauseAtAll ? resumed_at_once + 1 : 0;
    if (resumed_at_once > kResumedAtOnce) std::this_thread::sleep_for(kShortSleep);
  }
}

}  // namespace sesam::transport
