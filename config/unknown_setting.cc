// SPDX-License-Identifier: Apache-2.0
#include "config/unknown_setting.h"

#include <vector>

#include "base/closest.h"
#include "config/configuration.h"

namespace sesam::config {

std::string unknown_setting(const std::string& key, const std::string& where) {
  std::vector<std::string> keys;
  for (const auto& row : settings()) keys.push_back(row.key);
  const std::string meant = closest_to(key, keys);
  return "unknown setting '" + key + "'" + where + (meant.empty() ? "" : "; did you mean '" + meant + "'?");
}

}  // namespace sesam::config
