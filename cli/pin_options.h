// SPDX-License-Identifier: Apache-2.0
// Where a subcommand gets the PIN that it sends.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"
#include "cli/key_name.h"
#include "cli/session.h"
#include "n200/device.h"

namespace sesam::cli {

struct PinOptions {
  bool ask = false;   ///< --pin-source ask:
  bool none = false;  ///< --no-pin
};

/// Adds --pin-source, which overrides the configuration's PIN. `pin` must outlive the parsing.
void add_pin_source(CLI::App& command, Session& session, PinOptions& pin);
/// The same for new keys; adds --no-pin, too.
void add_new_pin_options(CLI::App& command, Session& session, PinOptions& pin);

/// The PIN of new keys: from option or configuration, otherwise prompted for, twice. Empty with --no-pin.
/// Raises pin_missing, and bad_argument without a terminal.
Result<Secret> pin_of_new_keys(const n200::Device& device, const PinOptions& pin);

/// A key's handle, with the PIN from its URI, otherwise from option or configuration, otherwise without one.
/// Raises pin_missing, pin_source_unreadable, bad_argument.
Result<n200::KeyHandle> handle_of(const n200::Device& device, FoundKey found, const PinOptions& pin);

}  // namespace sesam::cli
