// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "key.h"

namespace n200sim {

// Throws DeviceError unless `pin` opens the key (n200.md: a PIN belongs to the key; the device can also store
// it). After `max_tries` wrong ones in a row the key is locked for good; 0 means never. Returns true in
// `newly_locked` then, so that the caller can make the lock last.
void check_pin(Key& key, std::optional<std::string_view> pin, int max_tries, bool& newly_locked);

}  // namespace n200sim
