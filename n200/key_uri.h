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

/// The one place where a URI is written. Every value in it is percent-encoded: what a device calls a key must
/// not become another attribute, such as a pin-source. Core and pin-source are those of the URI that the key
/// was found by; a PIN never gets in.
std::string uri_of(const KeyRecord& record, UriScheme scheme = UriScheme::sesam, const KeyUri& found_by = {});

/// What the device is asked for: the narrowest name in the URI.
std::string lookup_name(const KeyUri& uri);
/// The name of the first attribute in which the URI and the device differ; empty if they agree.
std::string_view differing_attribute(const KeyUri& uri, const KeyRecord& record);

}  // namespace sesam::n200
