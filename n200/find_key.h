// SPDX-License-Identifier: Apache-2.0
// Look-ups of one key: from the cache, or fresh, which also shows whether open keys are still the device's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {

/// Where it is set, no other node is asked, and nothing comes from the cache.
using OneNode = std::optional<std::size_t>;

/// As Device::find_key().
Result<KeyRecord> find_key(Exchanger& exchanger, const KeyUri& uri);
/// As Device::find_key_past_cache().
Result<KeyRecord> find_key_past_cache(Exchanger& exchanger, const KeyUri& uri);
/// As Device::find_key_to_remove().
Result<KeyRecord> find_key_to_remove(Exchanger& exchanger, const KeyUri& uri);
/// Of several nodes that are asked until `until`, one that does not respond does not use up the others' time.
Exchanger::Clock::time_point deadline_of_one_node(Exchanger::Clock::time_point until);
/// All keys of that name, fresh from the device. None: the node does not know one.
Result<KeyRecords> keys_named(Exchanger& exchanger, const std::string& name,
                              Exchanger::Clock::time_point until, OneNode node);
/// The same record, with its public part if a listing of its type has it.
Result<KeyRecord> with_public_key(Exchanger& exchanger, KeyRecord record, Exchanger::Clock::time_point until,
                                  OneNode node);

/// Watches whether the device still has the key that was found for this URI: later answers show it, without
/// requests of their own.
std::shared_ptr<const KeyStanding> watch(const Exchanger& exchanger, const KeyUri& uri,
                                         const KeyRecord& record);
/// As Device::replaced_or().
Error replaced_or(Exchanger& exchanger, Error otherwise, const KeyHandle& key,
                  Exchanger::Clock::time_point until);
/// Removes the key from the cache.
void forget_key(const Exchanger& exchanger, const KeyHandle& key);

}  // namespace sesam::n200
