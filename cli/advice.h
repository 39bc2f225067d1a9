// SPDX-License-Identifier: Apache-2.0
// Advice about errors for users of the command; the wording differs from the provider's advice.
#pragma once

#include <string>

#include "base/reasons.h"

namespace sesam::cli {

/// The readers of the advice: users of `sesam setup` give options, and have no openssl.cnf yet.
enum class Audience { command, setup };
/// Called once by `sesam setup`, before anything can fail. Default: Audience::command.
void set_audience(Audience audience) noexcept;

bool is_for_setup() noexcept;

/// For the steps of `sesam doctor`. May be empty.
std::string advice_in_doctor(Reason reason);

/// The advice for the other subcommands; suggests `sesam doctor` if that can find the cause. May be empty.
std::string advice_in_command(Reason reason);

}  // namespace sesam::cli
