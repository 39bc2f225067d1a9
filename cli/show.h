// SPDX-License-Identifier: Apache-2.0
// Prints one key on stdout, as `sesam show` does.
#pragma once

#include "n200/key_record.h"

namespace sesam::cli {

/// Prints all names of the key and the device's data about it, as text or JSON. Records have no core.
void print_key(const n200::KeyRecord& record, unsigned core, bool json);

}  // namespace sesam::cli
