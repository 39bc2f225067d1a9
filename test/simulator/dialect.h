// SPDX-License-Identifier: Apache-2.0
// Alternative forms in which a device could write the same replies.
#pragma once

#include <string_view>

#include "exchange.h"

namespace sesam::simulator {

// An alternative form of replies; one row per dialect in dialect.cc.
// Which form the real device uses is not known outside the vendor.
struct Dialect {
  std::string_view name;
  void (*apply)(std::string_view command, Reply& reply);
};

// Returns nullptr for "". Throws std::invalid_argument for an unknown name.
const Dialect* find_dialect(std::string_view name);

}  // namespace sesam::simulator
