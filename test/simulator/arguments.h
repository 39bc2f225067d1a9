// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "options.h"

namespace n200sim {

// The command line as options, or the exit status where there is nothing to run (--help, a mistake: both
// already printed).
std::optional<Options> parse_arguments(int argc, char** argv, int& exit_status);

}  // namespace n200sim
