// SPDX-License-Identifier: Apache-2.0
// Whether a running named may write the K files of a zone at this moment.
#pragma once

#include <string>

#include "base/result.h"

namespace sesam::cli {

/// Passes where rndc says that named does not serve the zone or that the zone is frozen, and where rndc gets
/// no answer and no named runs on this machine. `rndc` is the command with its options. Raises bad_argument
/// with what to do.
Result<void> check_not_held_by_named(const std::string& zone, const std::string& rndc);

}  // namespace sesam::cli
