// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: `sesam discover` in its middle, where the device's signing command is not the assumed one.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/changes.h"
#include "cli/checkup.h"
#include "cli/setup.h"
#include "cli/setup_trial.h"

namespace sesam::cli::setup {

/// After Trial::unknown_how: asks at the terminal whether to search for the signing command. Where it is
/// found, the plan gets its setting, and the key signs with it: Trial::good, or Trial::bad. Otherwise
/// Trial::unknown_how. Reports the step "signature"; prints the device's answers unless `json`.
Trial find_signing_command(Plan& plan, const Arguments& arguments, TriedKey& key, bool json, Checkup& checkup,
                           Changes& changes);

/// The commands that follow where the files are written and the signing command is not known.
void print_way_on(const Arguments& arguments, const TriedKey& key);

}  // namespace sesam::cli::setup
