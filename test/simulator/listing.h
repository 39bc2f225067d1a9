// SPDX-License-Identifier: Apache-2.0
// A cache of the replies to listkeys, which are long.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "key_store.h"

namespace sesam::simulator {

// The bodies of listkeys' replies, 40 MB for 100,000 keys: built once and kept until a key comes or goes. The
// dates of last use in it may be up to a minute old, which is the resolution they have.
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
