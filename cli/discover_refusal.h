// SPDX-License-Identifier: Apache-2.0
// Reads what a device says instead of a signature: which of its many words mean what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/discover_candidates.h"

namespace sesam::cli::discover {

/// The device's answer to a candidate, as it came.
struct Answer {
  bool arrived = true;  ///< false: no reply
  int status = 200;
  std::string body;
};

enum class Meaning {
  unknown_command,
  missing_field,  ///< `field` is its name, if the device says it
  refused_field,  ///< it does not know or want `field`
  bad_value,      ///< of `field`
  unknown_key,
  pin_missing,
  pin_refused,
  access_denied,
  unauthorized,  ///< HTTP status 401
  unanswered,
  other,  ///< not understood
};

struct Refusal {
  Meaning meaning = Meaning::other;
  std::string field;
};

/// What a refusal means. `sent`: the values in the request, which a reply may quote: they say nothing.
Refusal read_refusal(const Answer& answer, const Candidate& candidate, KeyType kind,
                     const std::vector<std::string>& sent);

/// The reply without what changes from one request to the next: command and values that it quotes, long
/// numbers. Equal for two commands that the device treats alike.
std::string shape_of(const Answer& answer, const Candidate& candidate, const std::vector<std::string>& sent);

/// A shape without its short numbers too, for a device that counts or measures in its replies.
std::string without_numbers(const std::string& shape);

}  // namespace sesam::cli::discover
