// SPDX-License-Identifier: Apache-2.0
// What one reading of an instance's settings leads to: its log, and the device or why there is none.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "config/configuration.h"
#include "n200/context.h"
#include "n200/device.h"
#include "ossl/error_stack.h"

namespace sesam::provider {

/// Immutable once made.
struct Setup {
  config::Values given;                  ///< what the core returned
  std::shared_ptr<const Log> log;        ///< null if memory was short
  std::shared_ptr<n200::Device> device;  ///< null: see error
  Error error{Reason::none, {}};
  n200::Warnings warnings;
  bool claims_pkcs11 = true;
  std::string certificates;  ///< their directory; empty: none
};

/// Reads the settings while the provider is loaded. Never fails: invalid settings become `error`.
std::unique_ptr<const Setup> first_setup(const ossl::Core& core);

/// Reads them once more. Null if the core returns the same as for `first`: no file is read then, as the
/// process may have changed its user or root directory.
std::unique_ptr<const Setup> later_setup(const ossl::Core& core, const Setup& first);

}  // namespace sesam::provider
