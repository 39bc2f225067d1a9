// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <openssl/async.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>
#include <thread>

namespace sesam::n200 {
namespace {

constexpr std::chrono::seconds kPatienceWithJobs{1};

}  // namespace

bool PinVerdict::is_of(std::string_view key_id, std::string_view pin) const noexcept {
  const auto known = pin_.reveal();
  return key_id_ == key_id && known.size() == pin.size() &&
         CRYPTO_memcmp(known.data(), pin.data(), pin.size()) == 0;
}

// Who of the parent process was trying when this process was forked does not exist here. A job that is paused
// may be one of the very thread that asks, or never be resumed: it is not waited for without end.
bool PinVerdict::try_to_probe(bool in_job, bool waited_long) noexcept {
  const unsigned of_thread = 1 + 2 * fork_generation();
  const unsigned of_job = of_thread + 1;
  unsigned present = probing_.load(std::memory_order_acquire);
  if (present == of_thread || (present == of_job && in_job && !waited_long)) return false;
  return probing_.compare_exchange_strong(present, in_job ? of_job : of_thread, std::memory_order_acq_rel);
}

PinVerdict::Leave PinVerdict::ask(std::chrono::steady_clock::time_point deadline,
                                  http::Pipeline& pipeline) noexcept {
  const bool in_job = ASYNC_get_current_job() != nullptr;
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    switch (state_.load(std::memory_order_acquire)) {
      case State::proven:
        return Leave::granted;
      case State::refused:
        return Leave::refused;
      case State::unproven:
        break;
    }
    const auto now = std::chrono::steady_clock::now();
    if (try_to_probe(in_job, now - begun > kPatienceWithJobs)) return Leave::to_try;
    if (now >= deadline) return Leave::timed_out;
    // Once in the life of a key, so a wait that costs nothing to prepare is good enough.
    const auto next_look = now + std::chrono::milliseconds(1);
    if (pipeline.pause_job_until(next_look)) continue;
    if (in_job) return Leave::granted;
    std::this_thread::sleep_until(next_look);
  }
}

void PinVerdict::settle(State state) noexcept {
  if (state_.load(std::memory_order_relaxed) == state)
    return;  // the usual case writes nothing that threads share
  state_.store(state, std::memory_order_release);
  probing_.store(0, std::memory_order_release);
}

void PinVerdict::open() noexcept {
  if (state_.load(std::memory_order_relaxed) == State::unproven) probing_.store(0, std::memory_order_release);
}

std::shared_ptr<PinVerdict> PinVerdicts::of(std::string_view key_id, std::string_view pin) {
  const std::lock_guard lock(mutex_);
  const auto idle = [](const std::shared_ptr<PinVerdict>& verdict) {
    return verdict.use_count() == 1 && !verdict->is_refused();
  };
  std::erase_if(verdicts_, idle);
  for (const auto& verdict : verdicts_)
    if (verdict->is_of(key_id, pin)) return verdict;
  return verdicts_.emplace_back(std::make_shared<PinVerdict>(key_id, pin));
}

}  // namespace sesam::n200
