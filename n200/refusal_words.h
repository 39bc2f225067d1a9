// SPDX-License-Identifier: Apache-2.0
// What a device means by its words of an error, whatever their order and spelling.
#pragma once

#include <string_view>

#include "base/reasons.h"

namespace sesam::n200 {

struct Meaning {
  Reason reason = Reason::device_error;  ///< device_error: not understood
  bool names_pin = false;                ///< it is about the PIN that was sent, not about the key as a whole
  bool is_error = false;                 ///< it tells of an error, understood or not
};

/// "wrong pin", "PIN is not correct", "ERR_INVALID_PIN", "UnknownKey", "key … does not exist".
Meaning meaning_of(std::string_view text);

}  // namespace sesam::n200
