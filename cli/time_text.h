// SPDX-License-Identifier: Apache-2.0
// The current time as text, for messages and names.
#pragma once

#include <string>

namespace sesam::cli {

/// The current UTC time in a format of strftime(3); the result has at most 31 characters.
std::string time_as(const char* format);

}  // namespace sesam::cli
