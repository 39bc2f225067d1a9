// SPDX-License-Identifier: Apache-2.0
#include "key_order.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sesam::simulator {
namespace {

constexpr int kMaxKeysAtOnce = 1'000'000;

int default_bits(KeyType type) { return type == KeyType::rsa ? 2048 : 256; }

}  // namespace

KeyOrder parse_key_order(const nlohmann::json& body, const std::string& default_owner) {
  const auto type = parse_type(body.value("type", "NIST"));
  if (!type) throw std::invalid_argument("type");
  KeyOrder order{*type, body.value("size", default_bits(*type)), body.value("count", 1), {}};
  if (order.count < 1 || order.count > kMaxKeysAtOnce) throw std::invalid_argument("count");
  order.key.core = body.value("core", 1);
  order.key.acl = body.value("acl", "FFFF");
  order.key.nice_name = body.at("nice_name");
  order.key.owner = body.value("owner", default_owner);
  order.key.pin = body.value("pin", "");
  order.key.pin_stored = body.value("pin_stored", false);
  order.key.counter = body.value("counter", std::uint64_t{0});
  if (order.count > 1 && order.key.counter != 0) throw std::invalid_argument("counter");
  return order;
}

}  // namespace sesam::simulator
