// SPDX-License-Identifier: Apache-2.0
// All keys of the device, found by any of their names.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "journal.h"
#include "key.h"

namespace sesam::simulator {

// What a caller decides about a new key; the rest is the device's.
struct NewKey {
  KeyMaterial material;
  int core = 1;
  std::string acl = "FFFF";
  std::string nice_name, owner, pin;
  bool pin_stored = false;
  std::uint64_t counter = 0;  // in its key_id; 0: the next one
};

// Keeps the keys in a journal if there is a directory for it.
class KeyStore {
 public:
  // `journal_path` empty: memory only. `first_counter` counts for a fresh store only.
  KeyStore(const std::string& journal_path, std::string serial, std::uint64_t first_counter);
  ~KeyStore();  // writes the dates of last use

  KeyPtr add(NewKey key);
  void remove(const KeyPtr& key);
  // Another device's journal: the keys of it that are not here yet, as a cluster shares them. Returns how
  // many.
  std::size_t take_over(const std::string& journal_path);
  // These two outlive a restart as well.
  void set_pin_stored(Key& key, bool stored);
  void record_lock(const Key& key);
  // Call after a batch of changes.
  void flush();

  // By key_id, slot, id, or nice_name: only the last can be shared by several keys.
  std::vector<KeyPtr> find(std::string_view name) const;

  const std::map<std::uint64_t, KeyPtr>& keys() const { return keys_; }
  // Increases with every key that is added or removed: a cached listing is checked against it.
  std::uint64_t generation() const { return generation_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Index = std::unordered_multimap<std::string, KeyPtr, Hash, std::equal_to<>>;

  void replay(const nlohmann::json& entry);
  void insert(const KeyPtr& key);
  void erase(const KeyPtr& key);
  void write(const nlohmann::json& entry);

  std::string serial_;
  std::uint64_t next_counter_;
  std::uint64_t generation_ = 0;
  std::map<std::uint64_t, KeyPtr> keys_;  // by counter: listings come in order of creation
  Index by_identifier_;                   // key_id, slot and id
  Index by_nice_name_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace sesam::simulator
