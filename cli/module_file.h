// SPDX-License-Identifier: Apache-2.0
// Inspects a provider's module without loading it, so that no code of a foreign or damaged one runs.
#pragma once

#include <string>

#include "base/result.h"

namespace sesam::cli {

/// What is wrong with a module, and what to do.
struct ModuleFlaw {
  std::string finding;
  std::string cure;
};

/// Both members are empty if the file is a complete ELF file for this machine with the sesam provider.
ModuleFlaw flaw_of_module(const std::string& path);

}  // namespace sesam::cli
