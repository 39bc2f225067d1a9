// SPDX-License-Identifier: Apache-2.0
// The settings for the address of the device, and for the certificates of the device and of the client.
#pragma once

#include <string_view>

#include "base/result.h"
#include "config/configuration.h"

namespace sesam::config {

/// Each function applies the text of the setting of its name to the configuration.
/// Raises bad_configuration: what is allowed, or why the file cannot be read.
Result<void> take_url(std::string_view text, Configuration& c);
Result<void> take_address(std::string_view text, Configuration& c);
Result<void> take_tlscert(std::string_view text, Configuration& c);
Result<void> take_client_cert(std::string_view text, Configuration& c);
Result<void> take_client_key(std::string_view text, Configuration& c);

/// Call after all settings are applied: gives each URL its address, if any is set. Raises bad_configuration.
Result<void> check_addresses(Configuration& c);

}  // namespace sesam::config
