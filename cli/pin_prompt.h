// SPDX-License-Identifier: Apache-2.0
// Asks for a PIN at the terminal, where a key's URI says pin-source=ask:.
#pragma once

#include "keymgmt/key_pin.h"

namespace sesam::cli {

keymgmt::PinPrompt terminal_prompt() noexcept;

}  // namespace sesam::cli
