// SPDX-License-Identifier: Apache-2.0
// Checks the PIN of a key and counts wrong attempts.
#pragma once

#include <optional>
#include <string_view>

#include "key.h"

namespace sesam::simulator {

// Throws DeviceError (key_locked, pin_missing or wrong_pin) unless `pin` is right, or is missing and not
// needed (n200.md: the device can store the PIN of a key). `max_tries` wrong PINs in a row lock the key
// permanently; 0: never. `newly_locked` is then true, so that the caller can record the lock.
void check_pin(Key& key, std::optional<std::string_view> pin, int max_tries, bool& newly_locked);

}  // namespace sesam::simulator
