// SPDX-License-Identifier: Apache-2.0
// `sesam simulate --shell`: a program in an environment in which everything works.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/simulator_process.h"

namespace sesam::cli {

/// Runs the command, or the user's shell if it is empty, until it ends. OPENSSL_CONF names `cnf`, and PATH
/// leads to this command. Gives its exit status as a shell does: 128 and the number of the signal that ended
/// it. A signal for us ends it, too. Raises bad_argument if it cannot be started.
Result<int> run_in_shell(std::vector<std::string> command, const std::filesystem::path& cnf,
                         SimulatorProcess& simulator, const HeldSignals& signals);

}  // namespace sesam::cli
