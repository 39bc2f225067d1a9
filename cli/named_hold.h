// SPDX-License-Identifier: Apache-2.0
// Checks whether a running named may currently write the K files of a zone.
#pragma once

#include <string>

#include "base/result.h"

namespace sesam::cli {

/// Succeeds if rndc reports that named does not serve the zone or that the zone is frozen, or if rndc gets no
/// reply and no named runs on this machine. `rndc` is the command with its options. Otherwise, also for a
/// zone in several views, raises bad_argument with advice.
Result<void> check_not_held_by_named(const std::string& zone, const std::string& rndc);

}  // namespace sesam::cli
