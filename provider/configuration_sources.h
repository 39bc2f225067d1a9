// SPDX-License-Identifier: Apache-2.0
// Where settings come from: the provider's section of openssl.cnf, then the vendor's N200_CONF file for what it leaves open.
#pragma once

#include <string>

#include "base/error_stack.h"
#include "base/result.h"
#include "provider/configuration.h"

namespace sesam::provider {

/// Collects the values of all settings. Reads the vendor's file, and openssl.cnf once more for keys that nobody would notice otherwise:
/// the core tells only the values of keys that it is asked for. Raises bad_configuration.
Result<Values> collect_values(const Core& core);

/// Where the log goes, by openssl.cnf alone, when the configuration as a whole is bad; the default for what is itself bad.
struct LogSettings {
  int level;
  std::string output;
};
LogSettings log_settings(const Core& core);

}  // namespace sesam::provider
