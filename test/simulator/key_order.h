// SPDX-License-Identifier: Apache-2.0
// Requests for new keys, which tests write in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "key_store.h"

namespace sesam::simulator {

// New keys that POST /keys or --key asks for; README.md lists the members.
struct KeyOrder {
  KeyType type;
  int bits;
  int count;
  NewKey key;  // without its material
};

// Throws std::invalid_argument or nlohmann::json::exception.
KeyOrder parse_key_order(const nlohmann::json& body, const std::string& default_owner);

}  // namespace sesam::simulator
