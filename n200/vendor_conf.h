// SPDX-License-Identifier: Apache-2.0
// The vendor's own configuration file, which the vendor's PKCS#11 module finds through N200_CONF.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Reads the text of the file: a JSON object whose values are strings or whole numbers (n200.md,
/// "Connection": url, tlscert, user, pass, core, keygen_pin, log_level, log_output). Returns name → value as
/// text; members of other types are ignored. Raises bad_configuration; the message quotes nothing of it.
Result<std::map<std::string, Secret, std::less<>>> parse_vendor_conf(std::string_view text);

}  // namespace sesam::n200
