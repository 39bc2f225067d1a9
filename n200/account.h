// SPDX-License-Identifier: Apache-2.0
// Accounts for each operation on a private key: an audit record and a log line.
#pragma once

#include <chrono>
#include <string_view>
#include <utility>

#include "n200/audit.h"
#include "n200/exchanger.h"

namespace sesam::n200 {

/// Covers one operation from beginning to end, in the caller's thread.
class Account {
 public:
  using Clock = std::chrono::steady_clock;

  /// Neither an audit nor the logging of requests is configured; this is the default.
  static bool is_unwanted(const Exchanger& exchanger) noexcept {
    return exchanger.audit() == nullptr && !exchanger.log().wants(LogLevel::requests);
  }

  Account(const Exchanger& exchanger, std::string_view event) noexcept : exchanger_(exchanger) {
    record.event = event;
  }

  /// Call before anything is sent. Raises audit_failed.
  Result<void> begin() const {
    return exchanger_.audit() == nullptr ? Result<void>() : exchanger_.audit()->check();
  }
  /// Call after the reply is judged. Returns the outcome, or raises audit_failed if the outcome is good but a
  /// required audit record cannot be written. `done`: what the device did nevertheless.
  template <class T>
  Result<T> end(Result<T> outcome, std::string_view done) {
    auto recorded = finish(outcome ? nullptr : &outcome.error(), done);
    if (outcome && !recorded) return std::move(recorded).error();
    return outcome;
  }

  AuditRecord record;

 private:
  // `error`: null on success.
  Result<void> finish(const Error* error, std::string_view done);
  Result<void> write() const;

  const Exchanger& exchanger_;
  const Clock::time_point begun_ = Clock::now();
};

/// `key` must outlive the record.
void name_key(AuditRecord& record, const KeyHandle& key) noexcept;

}  // namespace sesam::n200
