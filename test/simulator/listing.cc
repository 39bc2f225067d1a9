// SPDX-License-Identifier: Apache-2.0
#include "listing.h"

#include <ctime>

#include "records.h"

namespace sesam::simulator {
namespace {

constexpr std::int64_t kDatesResolution_s = 60;
constexpr std::size_t kRecordBytes = 560;  // an EC record of 256 bits, rounded up

std::shared_ptr<const std::string> build(const KeyStore& store, KeyType type) {
  auto body = std::make_shared<std::string>("{\"command\":\"listkeys\",\"core\":0,\"result\":{");
  body->reserve(body->size() + store.keys().size() * kRecordBytes);
  bool first = true;
  for (const auto& [counter, key] : store.keys()) {
    if (key->material.type != type) continue;
    if (!first) *body += ',';
    first = false;
    append_record(*body, *key, true);
  }
  *body += "}}";
  return body;
}

}  // namespace

std::shared_ptr<const std::string> ListingCache::reply(const KeyStore& store, KeyType type) {
  Entry& entry = entries_[static_cast<std::size_t>(type)];
  const std::int64_t now_s = std::time(nullptr);
  if (!entry.body || entry.generation != store.generation() || now_s - entry.built_s >= kDatesResolution_s) {
    entry = {store.generation(), now_s, build(store, type)};
  }
  return entry.body;
}

}  // namespace sesam::simulator
