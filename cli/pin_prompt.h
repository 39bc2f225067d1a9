// SPDX-License-Identifier: Apache-2.0
// Prompts for a PIN at the terminal if a key's URI has pin-source=ask:.
#pragma once

#include "keymgmt/key_pin.h"

namespace sesam::cli {

keymgmt::PinPrompt terminal_prompt() noexcept;

}  // namespace sesam::cli
