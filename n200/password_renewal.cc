// SPDX-License-Identifier: Apache-2.0
#include "n200/password_renewal.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/process_state.h"

namespace sesam::n200 {

PasswordRenewal::PasswordRenewal(SecretFile file, std::shared_ptr<const Log> log)
    : file_(std::move(file)), log_(std::move(log)) {
  if (!file_.path.empty()) root_ = FileIdentity::of_root();
}

// A thread of the parent process that was reading at a fork does not exist in the child.
bool PasswordRenewal::has_newer(unsigned refused, transport::Pipeline& pipeline, Clock::time_point until) {
  constexpr std::chrono::milliseconds kPause{5};
  if (file_.path.empty()) return false;
  auto& passwords = pipeline.passwords();
  const unsigned mine = fork_generation() + 1;
  for (unsigned reader = reading_.load(std::memory_order_relaxed);;) {
    if (passwords.newest().number > refused) return true;
    if (reader != mine && reading_.compare_exchange_strong(reader, mine, std::memory_order_acquire)) break;
    const auto now = Clock::now();
    if (now >= until) return false;
    pipeline.rest_until(std::min(until, now + kPause));
    reader = reading_.load(std::memory_order_relaxed);
  }
  struct End {
    std::atomic<unsigned>& reading;
    ~End() { reading.store(0, std::memory_order_release); }
  } const end{reading_};
  return passwords.newest().number > refused || read(passwords);
}

void PasswordRenewal::report(std::string_view problem) const {
  log_->write(LogLevel::failures, {"the device refused the password of pass_source = file:", file_.path,
                                   ", which cannot be read again: ", problem, "; restart the program"});
}

// The state is looked at before the content: a change between the two is read at the next refusal.
// What the file has may be an older password: the change may have been rolled back.
bool PasswordRenewal::read(transport::Passwords& passwords) {
  const FileState state = state_of(file_);
  if (state == seen_) return false;
  seen_ = state;
  if (!root_.is_root()) return report("the program has another root directory now"), false;
  auto found = read_secret_again(file_);
  if (const auto* problem = std::get_if<std::string>(&found)) return report(*problem), false;
  auto& secret = std::get<Secret>(found);
  if (passwords.newest().secret == secret) return false;
  passwords.replace(std::move(secret));
  log_->write(LogLevel::failures, {"the device refused the password; pass_source = file:", file_.path,
                                   " has a new one, which is used from now on"});
  return true;
}

}  // namespace sesam::n200
