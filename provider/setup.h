// SPDX-License-Identifier: Apache-2.0
// The result of reading an instance's settings: its log, and the device or the error.
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
  std::shared_ptr<const Log> log;        ///< null if none can be opened
  std::shared_ptr<n200::Device> device;  ///< null: see error
  Error error{Reason::none, {}};
  n200::Warnings warnings;
  bool claims_pkcs11 = true;
  std::string certificates;  ///< the directory of the certificates; empty: none
};

/// Reads the settings while the provider is loaded. Never fails: invalid settings become `error`.
std::unique_ptr<const Setup> first_setup(const ossl::Core& core);

/// Reads the settings again. Null if the core returns the same values as for `first`:
/// no file is read then, as the process may have changed its user or root directory.
std::unique_ptr<const Setup> later_setup(const ossl::Core& core, const Setup& first);

}  // namespace sesam::provider
