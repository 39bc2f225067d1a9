// SPDX-License-Identifier: Apache-2.0
// What `sesam discover` prints: the plan, the row that was found, or the device's replies.
#pragma once

#include <string>

#include "cli/discover_search.h"
#include "cli/discover_target.h"

namespace sesam::cli::discover {

/// What a report is about.
struct Subject {
  std::string setting;      ///< "wire_ec_sign"
  std::string key;          ///< its name, or key_id
  std::string delete_with;  ///< "sesam delete ..."; empty: the key existed before
  std::string text;         ///< whose digest was signed
  std::string digest;       ///< in hex
  std::string hash;         ///< "SHA256"
};

/// Prints the first requests, and the names that later requests are built from.
void print_plan(KeyType kind, bool without_pin, bool json);

void print_finding(const Finding& finding, const Subject& subject, const DeviceTarget& target, bool json);

}  // namespace sesam::cli::discover
