// SPDX-License-Identifier: Apache-2.0
// Orders for keys, as tests write them in JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "key_store.h"

namespace sesam::simulator {

// Keys as POST /keys and --key ask for them; README.md has the members.
struct KeyOrder {
  KeyType type;
  int bits;
  int count;
  NewKey key;  // but for its material
};

// Throws std::invalid_argument, or what the JSON library throws.
KeyOrder parse_key_order(const nlohmann::json& body, const std::string& default_owner);

}  // namespace sesam::simulator
