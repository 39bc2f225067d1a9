// SPDX-License-Identifier: Apache-2.0
// One key of the device, with its names and its PIN.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "key_material.h"
#include "private_key.h"

namespace sesam::simulator {

// One key of the device. It belongs to the I/O thread, except that `material` never changes, so that a core's
// thread may read it, and that `loaded` belongs to the core's thread.
struct Key {
  KeyMaterial material;
  int core = 1;
  std::uint64_t counter = 0;
  std::string key_id, slot, id, acl, nice_name, owner;
  std::string nice_name_json;  // quoted and escaped, so that listings need no JSON library
  std::string pin;             // empty: the key has no PIN
  bool pin_stored = false;     // the device stores the PIN: it can be omitted, but a wrong one is refused
  bool locked = false;
  int wrong_pins = 0;
  std::int64_t created_s = 0;       // Unix time
  std::int64_t last_use_s = 0;      // 0: never used
  std::int64_t recorded_use_s = 0;  // the value in the journal

  std::unique_ptr<PrivateKey> loaded;
  std::string canned_signature;  // --canned: the first signature, reused for all requests; the I/O thread's
};

using KeyPtr = std::shared_ptr<Key>;

}  // namespace sesam::simulator
