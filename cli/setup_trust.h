// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: decides which certificate to trust. No credentials are sent before that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/checkup.h"
#include "cli/setup.h"

namespace sesam::cli::setup {

/// Connects to each address of each node and looks at the certificate there. It is trusted if --tlscert or
/// --fingerprint says so, if the file that `earlier` names has it, or if the user says so at the terminal.
/// Gives the certificates for `tlscert`, PEM; nothing: a step of the checkup says that one has expired, or is
/// not valid yet. A node that was named by its address gets the name that its certificate has. Raises
/// certificate_not_trusted, host_name_mismatch, bad_argument, and what connecting raises.
Result<std::optional<std::string>> trust_nodes(std::vector<Node>& nodes, const Arguments& arguments,
                                               const std::string& earlier, unsigned timeout_ms,
                                               Checkup& checkup);

}  // namespace sesam::cli::setup
