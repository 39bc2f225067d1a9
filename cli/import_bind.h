// SPDX-License-Identifier: Apache-2.0
// `sesam import --bind`: moves BIND's keys from files into the device, and puts labels into the K files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/new_key.h"
#include "cli/session.h"

namespace sesam::cli {

struct BindImport {
  std::vector<std::string> files;  ///< K*.private
  std::string directory;           ///< named's key-directory
  std::string name;                ///< of the key in the device; empty: the file's name
  std::string rndc = "rndc";       ///< the command to run
  bool assume_frozen = false;      ///< do not ask rndc whether named serves the zone
  bool dry_run = false;
  bool undo = false;  ///< put the saved private keys back
  Place place;
};

/// Replaces all K files or none. A replaced private file gets a second name and is never deleted. First
/// compares the device's public keys with the DNSKEY records, and verifies a signature of each key. Raises
/// bad_argument, bad_public_key, key_exists and what importing and signing raise.
Result<bool> import_for_bind(Session& session, const BindImport& wanted);

/// Undoes import_for_bind(): puts the private keys back into the K files, which keep their current timings.
Result<bool> undo_import_for_bind(Session& session, const BindImport& wanted);

}  // namespace sesam::cli
