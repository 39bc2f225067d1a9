// SPDX-License-Identifier: Apache-2.0
// What to do about an error, for a user of the command: other words than for a user of the provider.
#pragma once

#include <string>

#include "base/reasons.h"

namespace sesam::cli {

/// Who reads the advice: users of `sesam setup` have options, and no openssl.cnf yet.
enum class Audience { command, setup };
/// `sesam setup` sets it once, before anything can fail.
void set_audience(Audience audience) noexcept;

bool is_for_setup() noexcept;

/// For the steps of `sesam doctor`. May be empty.
std::string advice_in_doctor(Reason reason);

/// For the other subcommands: the same, and `sesam doctor` where that finds the cause. May be empty.
std::string advice_in_command(Reason reason);

}  // namespace sesam::cli
