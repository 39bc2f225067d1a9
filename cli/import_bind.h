// SPDX-License-Identifier: Apache-2.0
// `sesam import --bind`: BIND's keys move from files into the device, and the K files name them by labels.
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
  std::string name;                ///< of the key in the device; otherwise the file's
  std::string rndc = "rndc";       ///< how to call it
  bool assume_frozen = false;      ///< do not ask whether named holds the zone
  bool dry_run = false;
  bool undo = false;  ///< put the saved private keys back
  Place place;
};

/// All keys or none. A key's private file gets a second name and is never deleted. The device's public key
/// is compared with the DNSKEY, and a signature verified, before any K file is replaced. Raises
/// bad_argument, bad_public_key, key_exists and what importing and signing raise.
Result<bool> import_for_bind(Session& session, const BindImport& wanted);

/// Puts the private keys of import_for_bind() back into the K files, which keep their timings of today.
Result<bool> undo_import_for_bind(Session& session, const BindImport& wanted);

}  // namespace sesam::cli
