// SPDX-License-Identifier: Apache-2.0
// Whether user and password are known to be correct when a request is denied access.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "n200/operation.h"

namespace sesam::n200 {

/// Shared by all threads; lock-free. A GET that the device authorized proves the login, for the node and the
/// password of that request: for 10 s, or until the device denies what it allowed before, as it does after
/// its password was changed.
class ProvenLogin {
 public:
  using Clock = std::chrono::steady_clock;

  struct Request {
    Operation operation;
    bool is_get;
    std::size_t node;
    unsigned password_number;  ///< transport/passwords.h
  };
  void authorized(const Request& request, Clock::time_point now) noexcept;
  /// The device denied access. Returns true if user and password are correct nevertheless.
  bool is_right_for(const Request& denied, Clock::time_point now) noexcept;

 private:
  // One word, so that it is always of one login: the operations authorized for it, below the login.
  std::atomic<std::uint64_t> authorized_{0};
  std::atomic<Clock::rep> get_at_{0};  // the last authorized GET; 0: none
};

}  // namespace sesam::n200
