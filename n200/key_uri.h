// SPDX-License-Identifier: Apache-2.0
// The URIs that open a key of the device again: for PEM files, listings, and people who paste them.
#pragma once

#include <string>

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

}  // namespace sesam::n200
