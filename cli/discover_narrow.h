// SPDX-License-Identifier: Apache-2.0
// Reduces a request with all common field names to the shortest one that still signs.
#pragma once

#include "cli/discover_asker.h"

namespace sesam::cli::discover {

/// Removes fields as long as all `trials` still verify. Keeps the core and, if there is one, a PIN field.
Candidate narrow(Asker& asker, Candidate candidate, const std::vector<Trial>& trials);

}  // namespace sesam::cli::discover
