// SPDX-License-Identifier: Apache-2.0
// Which PIN goes with a key.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/uri.h"
#include "n200/device.h"

namespace sesam::keymgmt {

/// The URI's pin-value, else its pin-source, else the configuration's PIN; empty: the device uses the one that it stores.
/// Raises pin_source_unreadable.
Result<Secret> pin_for(const KeyUri& uri, const n200::Device& device);

}  // namespace sesam::keymgmt
