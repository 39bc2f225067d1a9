// SPDX-License-Identifier: Apache-2.0
// Other forms in which a device could write the same replies.
#pragma once

#include <string_view>

#include "exchange.h"

namespace sesam::simulator {

// Another way in which a device could say what this one says; one row per dialect in dialect.cc. Nobody
// outside the vendor knows which one is the real one's.
struct Dialect {
  std::string_view name;
  void (*apply)(std::string_view command, Reply& reply);
};

// Throws std::invalid_argument for an unknown name; nullptr for "".
const Dialect* find_dialect(std::string_view name);

}  // namespace sesam::simulator
