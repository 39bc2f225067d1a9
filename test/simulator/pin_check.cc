// SPDX-License-Identifier: Apache-2.0
#include "pin_check.h"

#include "failure.h"

namespace sesam::simulator {

void check_pin(Key& key, std::optional<std::string_view> pin, int max_tries, bool& newly_locked) {
  newly_locked = false;
  if (key.locked) throw DeviceError(Failure::key_locked);
  if (key.pin.empty()) return;
  // A GET path without a PIN has an empty field.
  if (!pin || pin->empty()) {
    if (key.pin_stored) return;
    throw DeviceError(Failure::pin_missing);
  }
  if (*pin == key.pin) {
    key.wrong_pins = 0;
    return;
  }
  ++key.wrong_pins;
  if (max_tries > 0 && key.wrong_pins >= max_tries) newly_locked = key.locked = true;
  throw DeviceError(Failure::wrong_pin);
}

}  // namespace sesam::simulator
