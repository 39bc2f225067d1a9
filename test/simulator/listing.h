// SPDX-License-Identifier: Apache-2.0
// A cache of the replies to listkeys, which can be large.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "key_store.h"

namespace sesam::simulator {

// The bodies of replies to listkeys (40 MB for 100,000 keys), cached until a key is added or removed, but no
// longer than a minute, which is the resolution of the dates of last use.
class ListingCache {
 public:
  std::shared_ptr<const std::string> reply(const KeyStore& store, KeyType type);

 private:
  struct Entry {
    std::uint64_t generation = 0;
    std::int64_t built_s = 0;
    std::shared_ptr<const std::string> body;
  };
  std::array<Entry, 4> entries_;
};

}  // namespace sesam::simulator
