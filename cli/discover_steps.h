// SPDX-License-Identifier: Apache-2.0
// Derives the next candidates from a candidate and its refusal.
#pragma once

#include <string_view>
#include <vector>

#include "cli/discover_asker.h"

namespace sesam::cli::discover {

struct Steps {
  std::vector<Candidate> next;
  bool is_understood = false;  ///< the device named the problem: try these before all others
};

/// The candidates to try after this reading, most likely first.
Steps steps_after(const Candidate& candidate, const Reading& reading, KeyType kind);

/// The candidate with a PIN field of that name, or of the observed name if `name` is empty.
Candidate with_pin(Candidate candidate, std::string_view name, KeyType kind);

}  // namespace sesam::cli::discover
