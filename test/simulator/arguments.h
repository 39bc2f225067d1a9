// SPDX-License-Identifier: Apache-2.0
// The command line of the simulator.
#pragma once

#include <optional>

#include "options.h"

namespace sesam::simulator {

// The command line as options, or the exit status where there is nothing to run (--help, a mistake: both
// already printed).
std::optional<Options> parse_arguments(int argc, char** argv, int& exit_status);

}  // namespace sesam::simulator
