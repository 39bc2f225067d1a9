// SPDX-License-Identifier: Apache-2.0
// What `sesam generate` and `sesam import` have in common: where to create a new key.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/pin_options.h"
#include "n200/device.h"

namespace sesam::cli {

struct Place {
  std::optional<unsigned> core;  ///< empty: the configuration's
  std::string acl;               ///< empty: the configuration's
  PinOptions pin;
};

/// Adds --core, --acl and the PIN options.
void add_place_options(CLI::App& command, Session& session, Place& place);

/// A new key with that name and place; the caller sets its kind. Raises bad_argument for an invalid name.
Result<n200::NewKey> new_key(const n200::Device& device, const Place& place, const std::string& name,
                             const Secret& pin);

/// "key 'web' (hsm...) was created on the device": for Session::changes.
std::string creation_of(const n200::KeyRecord& record);

}  // namespace sesam::cli
