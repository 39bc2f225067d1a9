// SPDX-License-Identifier: Apache-2.0
// `sesam simulate --shell`: runs a program in an environment set up for the device.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/simulator_process.h"

namespace sesam::cli {

/// Runs the command (empty: the user's shell) until it ends, with OPENSSL_CONF set to `cnf`, and this
/// command's directory first in PATH. Returns the exit status as a shell does: 128 plus the signal that ended
/// it, 127 if it was not found. SIGTERM and SIGHUP end it. Raises bad_argument if it cannot be started.
Result<int> run_in_shell(std::vector<std::string> command, const std::filesystem::path& cnf,
                         SimulatorProcess& simulator, const HeldSignals& signals);

}  // namespace sesam::cli
