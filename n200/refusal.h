// SPDX-License-Identifier: Apache-2.0
// What a reply says that has not what was asked for: an error in any of the forms in which a device could
// tell it, or words that nobody understands.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "n200/refusal_words.h"

namespace sesam::n200 {

/// The reply, and what in it is an echo of the request.
struct UnexpectedReply {
  std::string_view body;
  /// Fields of the request: the device may send them back, and their values are not its own words.
  std::span<const std::string> request_fields{};
  /// The key's names: one may be called "wrong pin".
  std::span<const std::string_view> key_names{};
  std::string_view result = "result";  ///< the member that was expected
  bool result_is_secret = false;       ///< it is neither searched nor quoted
};

struct Refusal {
  Meaning meaning;
  /// The device's words, with whatever they hold: not fit to be shown before secrets are redacted. Those
  /// of its error, else all that it said.
  std::string said;
};

/// Looks for an error in JSON members (error, errortext, message, msg, code, status ..., at any depth but not
/// in key records and not in echoes), in the expected member's own text, in plain text and in HTML.
Refusal read_refusal(const UnexpectedReply& reply);

}  // namespace sesam::n200
