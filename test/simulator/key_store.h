// SPDX-License-Identifier: Apache-2.0
// The device's keys, which can be found by any of their names.
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

// The properties of a new key that the caller chooses; the device determines the others.
struct NewKey {
  KeyMaterial material;
  int core = 1;
  std::string acl = "FFFF";
  std::string nice_name, owner, pin;
  bool pin_stored = false;
  std::uint64_t counter = 0;  // in its key_id; 0: the next one
};

// Holds the keys, and records them in a journal if a path for it is given.
class KeyStore {
 public:
  // `journal_path` empty: memory only. Counters start at `first_counter` or after the highest one present.
  KeyStore(const std::string& journal_path, std::string serial, std::uint64_t first_counter);
  ~KeyStore();  // writes the dates of last use

  KeyPtr add(NewKey key);
  void remove(const KeyPtr& key);
  // Adds the keys in another device's journal that are missing
  // here, as a cluster shares keys. Returns their number.
  std::size_t take_over(const std::string& journal_path);
  // These two changes also survive a restart.
  void set_pin_stored(Key& key, bool stored);
  void record_lock(const Key& key);
  // Writes the journal; call after a batch of changes.
  void flush();

  // Looks a key up by key_id, slot or id, else by nice_name, which several keys can share.
  std::vector<KeyPtr> find(std::string_view name) const;

  const std::map<std::uint64_t, KeyPtr>& keys() const { return keys_; }
  // Incremented when a key is added or removed; cached listings are checked against it.
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
  std::map<std::uint64_t, KeyPtr> keys_;  // by counter, so that listings are in order of creation
  Index by_identifier_;                   // key_id, slot and id
  Index by_nice_name_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace sesam::simulator
