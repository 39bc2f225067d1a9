// SPDX-License-Identifier: Apache-2.0
// The check of a key's PIN, with its count of wrong tries.
#pragma once

#include <optional>
#include <string_view>

#include "key.h"

namespace sesam::simulator {

// Throws DeviceError unless `pin` opens the key (n200.md: a PIN belongs to the key; the device can also store
// it). After `max_tries` wrong ones in a row the key is locked permanently; 0 means never. Returns true in
// `newly_locked` then, so that the caller can make the lock last.
void check_pin(Key& key, std::optional<std::string_view> pin, int max_tries, bool& newly_locked);

}  // namespace sesam::simulator
