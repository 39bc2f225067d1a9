// SPDX-License-Identifier: Apache-2.0
// Requests that change the device, which are never repeated where the device may have acted: after a lost
// answer its keys show what became of the request.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "n200/exchanger.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// How such a request ended.
struct Change {
  Error error{Reason::none, {}};  ///< none: it is done
  std::string answer{};           ///< the text in the reply
  std::size_t node = 0;           ///< which was asked
  bool outcome_unknown = false;   ///< find out by look_until()
};

/// Sends the request, and reads its answer as the wire row says. The error is the exchange's; if a reply came
/// without the answer, reply_field_missing.
Change request_change(Exchanger& exchanger, Exchange& asking);

/// After these failures the device may still be at work: an RSA key takes many seconds.
bool may_be_at_work(Reason reason) noexcept;

enum class Awaited : bool { gone, there };

/// Looks the key up, on the node that got the request: no other knows. Repeated within a deadline of its own
/// until the key is as awaited, while the device may still be at work or cannot be reached. The last look-up.
Result<KeyRecords> look_until(Exchanger& exchanger, Awaited awaited, const std::string& name,
                              const Change& lost);

/// An error for a look-up that failed. `question`: "whether the key exists".
Error unknown_outcome(const OperationContext& doing, std::string_view question, const Change& lost,
                      const Error& look_up);

}  // namespace sesam::n200
