// SPDX-License-Identifier: Apache-2.0
// Reads a reply without the expected answer: an error in any form that a device might use, or words that are
// not understood.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "n200/refusal_words.h"

namespace sesam::n200 {

/// The reply, and which parts of it may be an echo of the request.
struct UnexpectedReply {
  std::string_view body;
  /// Fields of the request: the device may send them back, so their values are not its own words.
  std::span<const std::string> request_fields{};
  /// The key's names, which are not its own words either: a key may be called "wrong pin".
  std::span<const std::string_view> key_names{};
  std::string_view result = "result";  ///< the member that was expected
  bool result_is_secret = false;       ///< it is neither searched nor quoted
};

struct Refusal {
  Meaning meaning;
  /// The device's words: those of its error, or else everything that it said. Redact secrets before they are
  /// shown.
  std::string said;
};

/// Looks for an error in JSON members (error, errortext, message, msg, code, status ..., at any depth but not
/// in key records and not in echoes), in the expected member's own text, in plain text and in HTML.
Refusal read_refusal(const UnexpectedReply& reply);

/// The error that a reply reports although it has what was requested; nullopt if it reports none. Only
/// members whose names stand for an error count (names_an_error()): a message may be about the success.
std::optional<Refusal> read_error_beside_answer(const UnexpectedReply& reply);

}  // namespace sesam::n200
