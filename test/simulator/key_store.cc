// SPDX-License-Identifier: Apache-2.0
#include "key_store.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "key_names.h"
#include "records.h"

namespace sesam::simulator {
namespace {

using nlohmann::json;

json entry_of(const Key& key) {
  const KeyMaterial& m = key.material;
  return {{"op", "add"},
          {"type", type_name(m.type)},
          {"bits", m.bits},
          {"core", key.core},
          {"counter", key.counter},
          {"key_id", key.key_id},
          {"id", key.id},
          {"acl", key.acl},
          {"nice_name", key.nice_name},
          {"owner", key.owner},
          {"pin", key.pin},
          {"pin_stored", key.pin_stored},
          {"created", key.created_s},
          {"private", m.private_hex},
          {"public", m.public_hex},
          {"modulus", m.modulus_hex},
          {"exponent", m.exponent_hex}};
}

KeyPtr key_of(const json& entry) {
  auto key = std::make_shared<Key>();
  KeyMaterial& m = key->material;
  m.type = parse_type(entry.at("type").get_ref<const std::string&>()).value();
  m.bits = entry.at("bits");
  m.private_hex = entry.at("private");
  m.public_hex = entry.at("public");
  m.modulus_hex = entry.at("modulus");
  m.exponent_hex = entry.at("exponent");
  key->core = entry.at("core");
  key->counter = entry.at("counter");
  key->key_id = entry.at("key_id");
  key->id = entry.at("id");
  key->acl = entry.at("acl");
  key->nice_name = entry.at("nice_name");
  key->owner = entry.at("owner");
  key->pin = entry.at("pin");
  key->pin_stored = entry.at("pin_stored");
  key->created_s = entry.at("created");
  return key;
}

template <typename Index>
void erase_from(Index& index, const std::string& name, const KeyPtr& key) {
  const auto [begin, end] = index.equal_range(name);
  for (auto it = begin; it != end; ++it) {
    if (it->second == key) {
      index.erase(it);
      return;
    }
  }
}

}  // namespace

KeyStore::KeyStore(const std::string& journal_path, std::string serial, std::uint64_t first_counter)
    : serial_(std::move(serial)), next_counter_(first_counter) {
  if (journal_path.empty()) return;
  journal_ = std::make_unique<Journal>(journal_path, [this](const json& entry) { replay(entry); });
}

KeyStore::~KeyStore() {
  for (const auto& [counter, key] : keys_) {
    if (key->last_use_s != key->recorded_use_s)
      write({{"op", "used"}, {"counter", counter}, {"at", key->last_use_s}});
  }
}

KeyPtr KeyStore::add(NewKey wanted) {
  auto key = std::make_shared<Key>();
  key->material = std::move(wanted.material);
  key->core = wanted.core;
  key->acl = std::move(wanted.acl);
  key->nice_name = std::move(wanted.nice_name);
  key->owner = std::move(wanted.owner);
  key->pin = std::move(wanted.pin);
  key->pin_stored = wanted.pin_stored;
  key->created_s = std::time(nullptr);
  key->counter = wanted.counter != 0 ? wanted.counter : next_counter_;
  key->key_id = make_key_id(serial_, key->counter);
  do {
    key->id = random_id();
  } while (by_identifier_.contains(key->id));
  insert(key);
  write(entry_of(*key));
  return key;
}

void KeyStore::remove(const KeyPtr& key) {
  write({{"op", "delete"}, {"counter", key->counter}});
  erase(key);
}

std::size_t KeyStore::take_over(const std::string& journal_path) {
  KeyStore other("", serial_, 0);
  replay_journal(journal_path, [&other](const json& entry) { other.replay(entry); });
  std::size_t taken = 0;
  for (const auto& [counter, key] : other.keys_) {
    if (keys_.contains(counter)) continue;
    insert(key);
    write(entry_of(*key));
    ++taken;
  }
  return taken;
}

void KeyStore::set_pin_stored(Key& key, bool stored) {
  key.pin_stored = stored;
  write({{"op", "pin_stored"}, {"counter", key.counter}, {"value", stored}});
}

void KeyStore::record_lock(const Key& key) { write({{"op", "locked"}, {"counter", key.counter}}); }

void KeyStore::flush() {
  if (journal_) journal_->flush();
}

std::vector<KeyPtr> KeyStore::find(std::string_view name) const {
  std::vector<KeyPtr> found;
  for (const Index* index : {&by_identifier_, &by_nice_name_}) {
    const auto [begin, end] = index->equal_range(name);
    for (auto it = begin; it != end; ++it) found.push_back(it->second);
    if (!found.empty()) break;
  }
  return found;
}

void KeyStore::replay(const json& entry) {
  const auto& op = entry.at("op").get_ref<const std::string&>();
  if (op == "add") return insert(key_of(entry));
  const auto found = keys_.find(entry.at("counter").get<std::uint64_t>());
  if (found == keys_.end()) return;
  const KeyPtr key = found->second;
  if (op == "delete") erase(key);
  if (op == "pin_stored") key->pin_stored = entry.at("value");
  if (op == "locked") key->locked = true;
  if (op == "used") key->last_use_s = key->recorded_use_s = entry.at("at");
}

void KeyStore::insert(const KeyPtr& key) {
  key->slot = make_slot(key->key_id);
  key->nice_name_json = json_string(key->nice_name);
  next_counter_ = std::max(next_counter_, key->counter + 1);
  keys_.emplace(key->counter, key);
  by_identifier_.emplace(key->key_id, key);
  by_identifier_.emplace(key->slot, key);
  by_identifier_.emplace(key->id, key);
  by_nice_name_.emplace(key->nice_name, key);
  ++generation_;
}

void KeyStore::erase(const KeyPtr& key) {
  keys_.erase(key->counter);
  erase_from(by_identifier_, key->key_id, key);
  erase_from(by_identifier_, key->slot, key);
  erase_from(by_identifier_, key->id, key);
  erase_from(by_nice_name_, key->nice_name, key);
  ++generation_;
}

void KeyStore::write(const json& entry) {
  if (journal_) journal_->append(entry);
}

}  // namespace sesam::simulator
