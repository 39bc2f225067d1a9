// SPDX-License-Identifier: Apache-2.0
// Checks whether a reply contains what was requested.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "n200/reply.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// The text as a time in whole seconds since 1970, up to the year 9999; nullopt if it is none.
std::optional<std::chrono::sys_seconds> time_of(std::string_view text) noexcept;

/// What was requested.
struct Expected {
  Operation operation;
  const WireRow& row;
  std::size_t bytes = 0;  ///< size of a signature or of random numbers
};

/// Checks that the reply contains the answer in a known form; document.may_report_error() is known then. A
/// signature or a new key_id may also be in another member, which document.text() then returns: this is safe,
/// because the signature will be verified and the key looked up. A time may be a JSON number. Raises
/// reply_field_missing, bad_reply, bad_signature_length.
Result<void> check_reply(ReplyDocument& document, const Expected& expected);

}  // namespace sesam::n200
