// SPDX-License-Identifier: Apache-2.0
// One key on stdout, as `sesam show` tells of it.
#pragma once

#include "n200/key_record.h"

namespace sesam::cli {

/// Prints all names of the key and what the device says of it, as text or JSON. No record tells the core.
void print_key(const n200::KeyRecord& record, unsigned core, bool json);

}  // namespace sesam::cli
