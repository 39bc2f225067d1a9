// SPDX-License-Identifier: Apache-2.0
// Key URIs and the keys that they name.
#pragma once

#include <string>
#include <string_view>

#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {

enum class UriScheme : bool {
  sesam,  ///< "sesam:key-id=...;object=..."
  pkcs11  ///< "pkcs11:token=...;object=...", as other programs know the key
};

/// Writes the URI of a key; no other code writes URIs. Every value is percent-encoded: the name that a device
/// gives a key must not become another attribute, such as a pin-source. Core and pin-source are those of the
/// URI by which the key was found; a PIN is never included.
std::string uri_of(const KeyRecord& record, UriScheme scheme = UriScheme::sesam, const KeyUri& found_by = {});

/// The name to look up on the device: the most specific one in the URI. Empty if there is none.
std::string lookup_name(const KeyUri& uri);
/// The name of the first attribute in which the URI and the record differ; empty if they agree.
std::string_view differing_attribute(const KeyUri& uri, const KeyRecord& record);

}  // namespace sesam::n200
