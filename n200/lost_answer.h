// SPDX-License-Identifier: Apache-2.0
// Requests that change the device. They are never repeated if the device may have acted: after a lost reply
// its keys show the outcome.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "n200/exchanger.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// How such a request ended.
struct Change {
  Error error{Reason::none, {}};  ///< none: success
  std::string answer{};           ///< the text in the reply
  std::size_t node = 0;           ///< that got the request
  bool outcome_unknown = false;   ///< use look_until() to find out
  bool may_be_at_work = false;    ///< no reply came, from the device itself or to a gateway in front of it
};

/// Sends the request, reads the answer at the wire row's reply path, and empties the key cache. The error is
/// that of the exchange, or reply_field_missing if a reply came without the answer. If a reply has both an
/// answer and an error, the outcome is unknown.
Change request_change(Exchanger& exchanger, Exchange& asking);

/// The failures without any reply. The device may still be at work then: it needs many seconds to generate an
/// RSA key.
bool is_without_reply(Reason reason) noexcept;

enum class Awaited : bool { gone, there };

/// Looks the key up on the node that got the request: no other knows. Repeats within a deadline of its own
/// until the key is as awaited, while the device may be at work or unreachable. Returns the last look-up.
Result<KeyRecords> look_until(Exchanger& exchanger, Awaited awaited, const std::string& name,
                              const Change& lost);

/// The outcome_unknown error for a look-up that failed. `question`: "whether the key exists".
Error unknown_outcome(const OperationContext& doing, std::string_view question, const Change& lost,
                      const Error& look_up);

}  // namespace sesam::n200
