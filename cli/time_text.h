// SPDX-License-Identifier: Apache-2.0
// The time in texts and names.
#pragma once

#include <string>

namespace sesam::cli {

/// Now, in UTC, in a form of strftime(3) of at most 31 characters.
std::string time_as(const char* format);

}  // namespace sesam::cli
