// SPDX-License-Identifier: Apache-2.0
// Requests to which the device denied access (401, 403). They are not sent again at once, because the device
// may lock the user.
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

/// Process-wide state, shared by all devices. A name identifies node, user, password and command, and also
/// the key if the refusal may be about the key.
class RefusedAccess {
 public:
  using Clock = std::chrono::steady_clock;

  struct Refusal {
    Error error;
    int status = 0;                            ///< HTTP status
    Clock::time_point at;                      ///< when the device refused
    Clock::time_point next_try;                ///< from then on one caller may ask the device again
    std::chrono::milliseconds pause{0};        ///< from `at` to `next_try`
    std::optional<Clock::time_point> until{};  ///< deadline of the caller that asks again
  };

  /// A number for this node, user and password; equal ones have the same number.
  std::size_t login(std::string_view url, std::string_view user, const Secret& password);

  /// The refusal to return instead of a request; nullopt if the request is to be sent. After next_try only
  /// the first caller sends, with `until` as its deadline; it must then call refused(), note_authorized() or
  /// unanswered().
  std::optional<Refusal> ask(const std::string& name, Clock::time_point until);
  /// The device refused. `was_authorized`: the same request succeeded before, so this may pass soon.
  void refused(const std::string& name, const Error& error, int status, bool was_authorized);
  /// The device authorized an exchange that began at `begun`. A refusal since then is kept.
  void note_authorized(const std::string& name, Clock::time_point begun);
  /// The outcome showed neither: the next caller may send.
  void unanswered(const std::string& name);

  /// There are no refusals, so ask() is not needed. Lock-free.
  bool is_empty() const noexcept { return count_.load(std::memory_order_relaxed) == 0; }

  static constexpr std::chrono::milliseconds kFirstPause{1000};  ///< if the request was authorized before
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
