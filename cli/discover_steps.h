// SPDX-License-Identifier: Apache-2.0
// From a candidate and its refusal to the candidates that could do better.
#pragma once

#include <string_view>
#include <vector>

#include "cli/discover_asker.h"

namespace sesam::cli::discover {

struct Steps {
  std::vector<Candidate> next;
  bool is_understood = false;  ///< the device said what is wrong: these come before all others
};

/// What to ask after this reading of this candidate, the most likely first.
Steps steps_after(const Candidate& candidate, const Reading& reading, KeyType kind);

/// The candidate with a place for the PIN, of that name or of the observed one.
Candidate with_pin(Candidate candidate, std::string_view name, KeyType kind);

}  // namespace sesam::cli::discover
