// SPDX-License-Identifier: Apache-2.0
// What an operation on a private key leaves behind: a record of the audit, and a line of the log.
#pragma once

#include <chrono>
#include <string_view>
#include <utility>

#include "n200/audit.h"
#include "n200/exchanger.h"

namespace sesam::n200 {

/// From the beginning of one operation to its end, in the caller's thread.
class Account {
 public:
  using Clock = std::chrono::steady_clock;

  /// Nobody wants one, as by default.
  static bool is_unwanted(const Exchanger& exchanger) noexcept {
    return exchanger.audit() == nullptr && !exchanger.log().wants(LogLevel::requests);
  }

  Account(const Exchanger& exchanger, std::string_view event) noexcept : exchanger_(exchanger) {
    record.event = event;
  }

  /// Before anything is sent. Raises audit_failed.
  Result<void> begin() const {
    return exchanger_.audit() == nullptr ? Result<void>() : exchanger_.audit()->check();
  }
  /// After the reply is judged. Passes the outcome on; where it is good and the audit is required but cannot
  /// be written, audit_failed. `done`: what the device did nevertheless.
  template <class T>
  Result<T> end(Result<T> outcome, std::string_view done) {
    auto recorded = finish(outcome ? nullptr : &outcome.error(), done);
    if (outcome && !recorded) return std::move(recorded).error();
    return outcome;
  }

  AuditRecord record;

 private:
  // `error`: null where there is none.
  Result<void> finish(const Error* error, std::string_view done);
  Result<void> write() const;

  const Exchanger& exchanger_;
  const Clock::time_point begun_ = Clock::now();
};

/// `key` must outlive the record.
void name_key(AuditRecord& record, const KeyHandle& key) noexcept;

}  // namespace sesam::n200
