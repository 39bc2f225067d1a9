// SPDX-License-Identifier: Apache-2.0
// What to do if the device gives a field of its key records another name.
#pragma once

#include <string>

namespace sesam::n200 {

/// `field`: its name in sesam, such as "nice_name"; "a=THEIRNAME and b" for two fields.
inline std::string advice_for_missing(const std::string& field) {
  return "if the device calls it THEIRNAME, add " + field + "=THEIRNAME to wire_find_key and wire_list_keys";
}

}  // namespace sesam::n200
