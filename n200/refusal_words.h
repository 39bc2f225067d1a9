// SPDX-License-Identifier: Apache-2.0
// The meaning of a device's error text, in any word order and spelling.
#pragma once

#include <string_view>

#include "base/reasons.h"

namespace sesam::n200 {

struct Meaning {
  Reason reason = Reason::device_error;  ///< device_error: not understood
  bool names_pin = false;                ///< the PIN that was sent is wrong, rather than the key locked
  bool is_error = false;                 ///< the text reports an error, understood or not
};

/// Understands "wrong pin", "PIN is not correct", "ERR_INVALID_PIN", "UnknownKey", "key … does not exist".
Meaning meaning_of(std::string_view text);

}  // namespace sesam::n200
