// SPDX-License-Identifier: Apache-2.0
// The parts of `sesam doctor`, in the order in which it looks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/checkup.h"
#include "cli/session.h"
#include "config/configuration.h"
#include "config/openssl_cnf.h"
#include "n200/device.h"

namespace sesam::cli {

/// The file, and what it says to OpenSSL itself: steps "configuration file", "provider's section", "default
/// provider", "default properties". The name of our section; nothing where there is none.
std::optional<std::string> check_openssl_cnf(const Session& session, const Result<config::OpensslCnf>& cnf,
                                             Checkup& checkup);

/// sesam.so, as OpenSSL would find and load it: steps "module", "libcrypto".
void check_module(const config::OpensslCnf& cnf, const std::string& section, Checkup& checkup);

/// One appliance (an index into `urls`) as far as TLS, at each of its addresses: steps "host name",
/// "connection", "certificate", "HTTP". False if it could not be reached in a way that the provider would
/// accept.
bool check_connection(const transport::Options& options, std::size_t node, Checkup& checkup);

/// How many connections at a time it allows: step "connections".
void check_limit(n200::Device& device, Checkup& checkup);

/// The device's own answers: steps "access by GET", "clock", "connections", and by the key (empty: none)
/// "key" and "signature", or else "access by POST".
void check_device(const std::shared_ptr<n200::Device>& device, const std::string& key, Checkup& checkup);

/// A whole openssl.cnf with these settings. Secrets are replaced by a file to put them into.
std::string example_configuration(const config::Values& values, const std::string& module);

}  // namespace sesam::cli
