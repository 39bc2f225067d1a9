// SPDX-License-Identifier: Apache-2.0
// All clients, by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client.h"
#include "options.h"

namespace sesam::bench {

std::vector<std::string> client_names();
/// Throws std::runtime_error.
std::unique_ptr<Client> make_client(const Options& options);

}  // namespace sesam::bench
