// SPDX-License-Identifier: Apache-2.0
// The settings that say where the device is, and by which certificates it and the program are known.
#pragma once

#include <string_view>

#include "base/result.h"
#include "config/configuration.h"

namespace sesam::config {

/// Each takes the text of the setting of its name into the configuration. Raises bad_configuration: what is
/// allowed, or why the file cannot be read.
Result<void> take_url(std::string_view text, Configuration& c);
Result<void> take_address(std::string_view text, Configuration& c);
Result<void> take_tlscert(std::string_view text, Configuration& c);
Result<void> take_client_cert(std::string_view text, Configuration& c);
Result<void> take_client_key(std::string_view text, Configuration& c);

/// When all settings are taken: each URL gets an address, if any is given. Raises bad_configuration.
Result<void> check_addresses(Configuration& c);

}  // namespace sesam::config
