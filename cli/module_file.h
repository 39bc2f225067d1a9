// SPDX-License-Identifier: Apache-2.0
// Looks at a provider's module without loading it: a foreign or damaged one is not executed.
#pragma once

#include <string>

#include "base/result.h"

namespace sesam::cli {

/// What is wrong with a module, and what to do.
struct ModuleFlaw {
  std::string finding;
  std::string cure;
};

/// Nothing (both texts empty) if the file is a whole ELF file for this machine that holds the sesam provider.
ModuleFlaw flaw_of_module(const std::string& path);

}  // namespace sesam::cli
