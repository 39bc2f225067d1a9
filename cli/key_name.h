// SPDX-License-Identifier: Apache-2.0
// The names of a key: those that users may write, and those that are printed.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "cli/output.h"
#include "n200/device.h"
#include "n200/key_record.h"
#include "n200/key_uri.h"
#include "n200/uri.h"

namespace sesam::cli {

/// A key and the URI that it was found by, which may tell a core and a PIN besides.
struct FoundKey {
  n200::KeyRecord record;
  n200::KeyUri uri;
};

/// The URI for what a user calls a key: a URI, or its nice_name, key_id or token label. Raises bad_uri.
Result<n200::KeyUri> uri_of_name(const std::string& name);

/// Finds the key by any of its names; 12 hex digits are a CKA_ID, or else a nice_name. Raises what
/// Device::find_key raises.
Result<FoundKey> find_key(n200::Device& device, const std::string& name);

/// The same for a key that is to be deleted: on any node of the cluster.
Result<FoundKey> find_key_to_remove(n200::Device& device, const std::string& name);

/// Its nice_name; the key_id where it has none. For messages, in which a URI that was given, with a PIN in it
/// maybe, has no place.
const std::string& name_to_tell(const n200::KeyRecord& record) noexcept;

/// All that is known of a key, with its names and URIs.
Json json_of(const n200::KeyRecord& record);

}  // namespace sesam::cli
