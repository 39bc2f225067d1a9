// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: the existing settings, and the new ones.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/session.h"
#include "cli/setup.h"
#include "config/configuration.h"
#include "transport/options.h"

namespace sesam::cli::setup {

config::Values copy_of(const config::Values& values);

/// The settings of an earlier run, of --config or of the vendor's file, with those that were given as options
/// in their place. Raises bad_configuration.
Result<config::Values> settings_before(const Session& session, const Arguments& arguments);

/// Moves the secrets out of `plan.values`: password and PIN, or what their sources name. Raises
/// bad_configuration.
Result<void> read_secrets(Plan& plan);

/// The nodes that `url` and `address` name; prompts for the URLs if there are none. Raises bad_configuration.
Result<std::vector<Node>> nodes_in(const config::Values& values);

/// The configuration that the provider would build from the plan, without files. Raises bad_configuration.
Result<config::Configuration> configuration_of(const Plan& plan, const std::string& directory);

/// Options with which libcurl can connect before the certificates' file is written: with a backend that reads
/// certificates from files only, `ca_path` is a file in memory. Raises internal.
Result<transport::Options> options_for_libcurl(transport::Options options);

/// The settings that were added by hand to a file of an earlier run: not those for the device, its user and
/// its secrets, which the plan has. Empty if there is no such file, or if other users can write it.
config::Values settings_added_to(const std::string& path);

/// The settings for openssl.cnf, with secrets and certificates in files of the directory.
config::Values final_values(const Plan& plan, const std::string& directory);

}  // namespace sesam::cli::setup
