// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_narrow.h"

#include <algorithm>

namespace sesam::cli::discover {
namespace {

bool signs(Asker& asker, const Candidate& candidate, const std::vector<Trial>& trials) {
  return std::all_of(trials.begin(), trials.end(),
                     [&](Trial trial) { return asker.ask(candidate, trial).is_verified(); });
}

bool may_go(const Candidate& before, const Candidate& after) {
  return (!before.has(Role::core) || after.has(Role::core)) && (!before.carries_pin() || after.carries_pin());
}

}  // namespace

// Removes ever smaller groups of fields, as in delta debugging.
Candidate narrow(Asker& asker, Candidate candidate, const std::vector<Trial>& trials) {
  for (std::size_t group = candidate.fields.size() / 2; group > 0; group /= 2) {
    for (std::size_t start = 0; start < candidate.fields.size() && !asker.is_over();) {
      Candidate shorter = candidate;
      const auto begin = shorter.fields.begin() + static_cast<std::ptrdiff_t>(start);
      const auto length = std::min(group, shorter.fields.size() - start);
      shorter.fields.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
      if (may_go(candidate, shorter) && signs(asker, shorter, trials))
        candidate = std::move(shorter);
      else
        start += group;
    }
  }
  return candidate;
}

}  // namespace sesam::cli::discover
