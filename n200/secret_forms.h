// SPDX-License-Identifier: Apache-2.0
// What a secret looks like when the device quotes a request.
#pragma once

#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sesam::n200 {

/// The secret as it is, and in all encodings of a wire row or an Authorization header: hexadecimal and base64
/// (RFC 4648), percent-encoded (RFC 3986, section 2.1) or not. Nothing for an empty one.
std::vector<Secret> forms_of(std::string_view secret);

}  // namespace sesam::n200
