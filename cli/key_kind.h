// SPDX-License-Identifier: Apache-2.0
// The kinds of keys under the names that users know: types and curves.
#pragma once

#include <string>
#include <vector>

#include "n200/key_record.h"

namespace sesam::cli {

/// "P-256", "brainpoolP384r1", "RSA-2048", "SYM-256"; the device's own name for any other kind.
std::string kind_of(const n200::KeyRecord& record);

/// "EC", "RSA" or "SYM"; the device's own name for any other type.
std::string type_of(const n200::KeyRecord& record);
/// The types that type_of() knows.
const std::vector<std::string>& key_types();

/// The curves, by the names that kind_of() uses.
std::vector<std::string> curve_names();

}  // namespace sesam::cli
