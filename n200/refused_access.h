// SPDX-License-Identifier: Apache-2.0
// Requests that the device refused for want of access (401, 403): they are not sent again and again, because
// the device may lock the user.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/process_state.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Process-wide state, shared by all devices; a name says node, user, password and command, and where the
/// refusal may be about one key, the key too.
class RefusedAccess {
 public:
  using Clock = std::chrono::steady_clock;

  struct Refusal {
    Error error;
    int status = 0;                            ///< HTTP status
    Clock::time_point at;                      ///< when the device refused
    Clock::time_point next_try;                ///< by then one caller may ask the device again
    std::chrono::milliseconds pause{0};        ///< between the two
    std::optional<Clock::time_point> until{};  ///< somebody asks again, until then at the latest
  };

  /// A number that stands for node, user and password, the same for the same ones.
  std::size_t login(std::string_view url, std::string_view user, const Secret& password);

  /// The refusal to return in place of a request; nothing where the request is to be sent. Of callers after
  /// next_try only the first one sends, with `until` as its deadline; then it must call one of the next
  /// three.
  std::optional<Refusal> ask(const std::string& name, Clock::time_point until);
  /// The device refused. `was_authorized`: the same request was let in before, so that this may pass soon.
  void refused(const std::string& name, const Error& error, int status, bool was_authorized);
  /// The device did as asked, in an exchange that began at `begun`: what it refused later than that stays.
  void note_authorized(const std::string& name, Clock::time_point begun);
  /// Neither: the next caller may send.
  void unanswered(const std::string& name);

  /// There is none: nobody needs to ask. Lock-free.
  bool is_empty() const noexcept { return count_.load(std::memory_order_relaxed) == 0; }

  static constexpr std::chrono::milliseconds kFirstPause{1000};  ///< where the request was let in before
  static constexpr std::chrono::milliseconds kMaxPause{30000};
  static constexpr std::size_t kMaxRefusals = 4096;

 private:
  struct Login {
    std::string url, user;
    Secret password;
  };
  void make_room() SESAM_REQUIRES(mutex_);

  ProcessMutex mutex_{MutexRank::refused_access};
  std::unordered_map<std::string, Refusal> refusals_ SESAM_GUARDED_BY(mutex_);
  std::vector<Login> logins_ SESAM_GUARDED_BY(mutex_);  // few: one for each configuration
  std::atomic<std::size_t> count_{0};
};

}  // namespace sesam::n200
