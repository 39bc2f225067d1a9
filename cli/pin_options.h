// SPDX-License-Identifier: Apache-2.0
// Where the PIN comes from that a subcommand sends.
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

/// Adds --pin-source, which takes the place of the configuration's PIN. `pin` outlives the parsing.
void add_pin_source(CLI::App& command, Session& session, PinOptions& pin);
/// For new keys: --no-pin too.
void add_new_pin_options(CLI::App& command, Session& session, PinOptions& pin);

/// The PIN of keys to be made: that of option or configuration, else the answer of who is asked for it,
/// twice. Empty with --no-pin. Raises pin_missing.
Result<Secret> pin_of_new_keys(const n200::Device& device, const PinOptions& pin);

/// A key as the device needs it, with its URI's PIN, else that of option or configuration, else none. Raises
/// pin_missing, pin_source_unreadable.
Result<n200::KeyHandle> handle_of(const n200::Device& device, FoundKey found, const PinOptions& pin);

}  // namespace sesam::cli
