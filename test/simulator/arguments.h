// SPDX-License-Identifier: Apache-2.0
// The command line of the simulator.
#pragma once

#include <optional>

#include "options.h"

namespace sesam::simulator {

// Parses the command line. Returns nothing and sets `exit_status` if there is nothing to run, after --help or
// an error (both already printed).
std::optional<Options> parse_arguments(int argc, char** argv, int& exit_status);

}  // namespace sesam::simulator
