// SPDX-License-Identifier: Apache-2.0
// From a request that says everything in all usual names to the shortest one that still signs.
#pragma once

#include "cli/discover_asker.h"

namespace sesam::cli::discover {

/// Leaves out fields while all `trials` still verify. Keeps the core, and one place for a PIN that is there.
Candidate narrow(Asker& asker, Candidate candidate, const std::vector<Trial>& trials);

}  // namespace sesam::cli::discover
