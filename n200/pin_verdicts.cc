// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <openssl/async.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "n200/http/async_wait.h"

namespace sesam::n200 {

bool PinVerdict::is_of(std::string_view key_id, std::string_view pin) const noexcept {
  const auto known = pin_.reveal();
  return key_id_ == key_id && known.size() == pin.size() &&
         CRYPTO_memcmp(known.data(), pin.data(), pin.size()) == 0;
}

// A thread of the parent process that was trying when this process was forked does not exist here.
bool PinVerdict::try_to_probe() noexcept {
  const unsigned mine = 1 + fork_generation();
  unsigned present = probing_.load(std::memory_order_acquire);
  return present != mine && probing_.compare_exchange_strong(present, mine, std::memory_order_acq_rel);
}

PinVerdict::Leave PinVerdict::ask(std::chrono::steady_clock::time_point deadline) noexcept {
  for (;;) {
    switch (state_.load(std::memory_order_acquire)) {
      case State::proven:
        return Leave::granted;
      case State::refused:
        return Leave::refused;
      case State::unproven:
        break;
    }
    if (try_to_probe()) return Leave::to_try;
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return Leave::timed_out;
    // Once in the life of a key, so a wait that costs nothing to prepare is good enough.
    const auto next_look = now + std::chrono::milliseconds(1);
    if (http::pause_job_until(next_look)) continue;
    if (ASYNC_get_current_job() != nullptr) return Leave::granted;
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
