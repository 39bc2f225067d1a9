// SPDX-License-Identifier: Apache-2.0
// Look-ups of one key, cached or fresh; a fresh one also shows whether the device still has the open keys.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {

/// If set, no other node is asked, and the cache is not used.
using OneNode = std::optional<std::size_t>;

/// As Device::find_key().
Result<KeyRecord> find_key(Exchanger& exchanger, const KeyUri& uri);
/// As Device::find_key_past_cache().
Result<KeyRecord> find_key_past_cache(Exchanger& exchanger, const KeyUri& uri);
/// As Device::find_key_to_remove().
Result<KeyRecord> find_key_to_remove(Exchanger& exchanger, const KeyUri& uri);
/// The deadline for one of several nodes, 5 s from now at most: an unresponsive one leaves time for others.
Exchanger::Clock::time_point deadline_of_one_node(Exchanger::Clock::time_point until);
/// All keys of that name, fresh from the device; empty if the node has none.
Result<KeyRecords> keys_named(Exchanger& exchanger, const std::string& name,
                              Exchanger::Clock::time_point until, OneNode node);
/// The same, for a name that may be free. If the device refuses the look-up in words that are not understood,
/// which may mean "unknown key", the listings of all types decide.
Result<KeyRecords> keys_named_or_listed(Exchanger& exchanger, const std::string& name, OneNode node);
/// The key's record in a listing of its type, with the public part; `record` if it is not listed.
Result<KeyRecord> with_public_key(Exchanger& exchanger, KeyRecord record, Exchanger::Clock::time_point until,
                                  OneNode node);

/// Watches whether the device still has the key that was found for this URI. Later replies show it, without
/// extra requests.
std::shared_ptr<const KeyStanding> watch(const Exchanger& exchanger, const KeyUri& uri,
                                         const KeyRecord& record);
/// As Device::replaced_or().
Error replaced_or(Exchanger& exchanger, Error otherwise, const KeyHandle& key,
                  Exchanger::Clock::time_point until);

}  // namespace sesam::n200
