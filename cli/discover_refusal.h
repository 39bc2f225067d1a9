// SPDX-License-Identifier: Apache-2.0
// Interprets the error message that a device returns instead of a signature.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/discover_candidates.h"

namespace sesam::cli::discover {

/// The device's unprocessed reply to a candidate.
struct Answer {
  bool arrived = true;  ///< false: no reply
  int status = 200;
  std::string body;
};

enum class Meaning {
  unknown_command,
  missing_field,  ///< `field` is its name, if the device reports it
  refused_field,  ///< the device does not know or accept `field`
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

/// The meaning of a refusal. `sent`: the values in the request, which are ignored if a reply quotes them.
Refusal read_refusal(const Answer& answer, const Candidate& candidate, KeyType kind,
                     const std::vector<std::string>& sent);

/// The reply without the parts that differ between requests: quoted command and values, and long numbers.
/// Equal for two commands that the device treats alike.
std::string shape_of(const Answer& answer, const Candidate& candidate, const std::vector<std::string>& sent);

/// A shape without any digits, for a device whose replies contain counters or timings.
std::string without_numbers(const std::string& shape);

}  // namespace sesam::cli::discover
