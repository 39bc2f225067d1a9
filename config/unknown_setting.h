// SPDX-License-Identifier: Apache-2.0
// The error message for an unknown setting.
#pragma once

#include <string>

namespace sesam::config {

/// "unknown setting 'addres'", where it was found, and the setting that was probably meant.
std::string unknown_setting(const std::string& key, const std::string& where = {});

}  // namespace sesam::config
