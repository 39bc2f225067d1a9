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

// `reading_` has the fork generation because a parent's thread that was reading does not exist in the child.
bool PasswordRenewal::has_newer(unsigned refused, transport::Pipeline& pipeline, Clock::time_point until,
                                bool pauses_job) {
  constexpr std::chrono::milliseconds kPause{5};
  if (file_.path.empty()) return false;
  auto& passwords = pipeline.passwords();
  const unsigned mine = fork_generation() + 1;
  for (unsigned reader = reading_.load(std::memory_order_relaxed);;) {
    if (passwords.newest().number > refused) return true;
    if (reader != mine && reading_.compare_exchange_strong(reader, mine, std::memory_order_acquire)) break;
    const auto now = Clock::now();
    if (now >= until) return false;
    pipeline.rest_until(std::min(until, now + kPause), pauses_job);
    reader = reading_.load(std::memory_order_relaxed);
  }
  struct End {
    std::atomic<unsigned>& reading;
    ~End() { reading.store(0, std::memory_order_release); }
  } const end{reading_};
  return passwords.newest().number > refused || read(passwords);
}

// Reports each problem once, because every refused request reads the file again.
void PasswordRenewal::report(const FileState& state, std::string_view problem) {
  if (state == reported_ && problem == problem_) return;
  reported_ = state;
  problem_ = problem;
  log_->write(LogLevel::failures,
              {"the device refused the password of pass_source = file:", file_.path,
               ", which cannot be read again: ", problem, "; if this persists, restart the program"});
}

// The state is read before the content, so a change in between is noticed at the next refusal. The file may
// have an older password, if a change was rolled back. The state counts as seen only when the password that
// was read is in use: a problem such as a limit on descriptors may pass, and a process that is forked before
// then reads the file itself.
bool PasswordRenewal::read(transport::Passwords& passwords) {
  const FileState state = state_of(file_);
  if (state == seen_) return false;
  if (!root_.is_root()) return report(state, "the root directory of the program has changed"), false;
  auto found = read_secret_again(file_);
  if (const auto* problem = std::get_if<std::string>(&found)) return report(state, *problem), false;
  auto& secret = std::get<Secret>(found);
  const bool is_new = passwords.newest().secret != secret;
  if (is_new) passwords.replace(std::move(secret));
  seen_ = state;
  if (!is_new) return false;
  log_->write(LogLevel::failures, {"the device refused the password; pass_source = file:", file_.path,
                                   " has a new one, which is used from now on"});
  return true;
}

}  // namespace sesam::n200
