// SPDX-License-Identifier: Apache-2.0
// A key that is not a setting: what is said of it.
#pragma once

#include <string>

namespace sesam::config {

/// "unknown setting 'addres'", where it was found, and the setting that was probably meant.
std::string unknown_setting(const std::string& key, const std::string& where = {});

}  // namespace sesam::config
