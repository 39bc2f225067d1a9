// SPDX-License-Identifier: Apache-2.0
// The names of a key: those that users may give, and those that are printed.
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

/// A key and the URI by which it was found, which may also specify a core and a PIN.
struct FoundKey {
  n200::KeyRecord record;
  n200::KeyUri uri;
};

/// The URI for the name that a user gives: a URI, nice_name, key_id or token label. Raises bad_uri.
Result<n200::KeyUri> uri_of_name(const std::string& name);

/// Finds the key by any of its names; 12 hexadecimal digits are tried as a CKA_ID first. Raises bad_uri, and
/// what Device::find_key raises.
Result<FoundKey> find_key(n200::Device& device, const std::string& name);

/// The same by Device::find_key_past_cache(), which says more surely that there is no such key.
Result<FoundKey> find_key_past_cache(n200::Device& device, const std::string& name);
/// The same for a key that is to be deleted: on any node of the cluster.
Result<FoundKey> find_key_to_remove(n200::Device& device, const std::string& name);

/// The nice_name, or the key_id of a key without one. Messages use it instead of the given URI, which may
/// contain a PIN.
const std::string& name_to_tell(const n200::KeyRecord& record) noexcept;

/// All data about a key, including its names and URIs.
Json json_of(const n200::KeyRecord& record);

}  // namespace sesam::cli
