// SPDX-License-Identifier: Apache-2.0
// Whether a reply has what was asked for.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "n200/reply.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// What was asked for.
struct Expected {
  Operation operation;
  const WireRow& row;
  std::size_t bytes = 0;  ///< of a signature, or of random numbers
};

/// Whether the reply has it, in a form in which it can be: then it is a success, whatever else it says. A
/// signature and a new key's id may stand under another member too, where document.text() finds them from
/// then on: a check of the one and a lookup of the other will prove them. Raises reply_field_missing,
/// bad_reply, bad_signature_length.
Result<void> check_reply(ReplyDocument& document, const Expected& expected);

}  // namespace sesam::n200
