// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace n200sim {
namespace {

using nlohmann::json;

std::string_view name_of(const Fault& fault) { return fault.kind == nullptr ? "" : fault.kind->name; }

TEST(Faults, HitTheirCommandAsOftenAsOrdered) {
  Faults faults;
  faults.add({{"fault", "http-500"}, {"count", 2}, {"command", "eccsign"}});
  EXPECT_EQ(name_of(faults.take("listkeys")), "");
  EXPECT_EQ(name_of(faults.take("eccsign")), "http-500");
  EXPECT_EQ(name_of(faults.take("eccsign")), "http-500");
  EXPECT_EQ(name_of(faults.take("eccsign")), "");
}

TEST(Faults, LastUntilClearedIfSo) {
  Faults faults;
  faults.add({{"fault", "slow"}, {"count", -1}, {"ms", 5}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(faults.take("timestamp").delay_ms, 5U);
  faults.clear();
  EXPECT_EQ(name_of(faults.take("timestamp")), "");
}

TEST(Faults, UnknownOneIsRefused) {
  Faults faults;
  EXPECT_THROW(faults.add({{"fault", "meteorite"}}), std::invalid_argument);
}

TEST(Faults, WrongSignatureKeepsItsShape) {
  Faults faults;
  faults.add({{"fault", "wrong-signature"}});
  const Fault fault = faults.take("eccsign");
  Reply reply;
  reply.body = "{\"command\":\"eccsign\",\"core\":1,\"result\":\"" + std::string(264, 'F') + "\"}";
  fault.kind->apply(fault, "eccsign", reply);
  const std::string result = json::parse(reply.body).at("result");
  EXPECT_EQ(result.size(), 264U);
  EXPECT_EQ(result.substr(0, 2), "00");
  EXPECT_EQ(result.substr(132, 2), "00");
}

TEST(Faults, ShortSignatureLacksTwoBytes) {
  Faults faults;
  faults.add({{"fault", "short-signature"}});
  const Fault fault = faults.take("eccsign");
  Reply reply;
  reply.body = R"({"result":"AABBCCDD"})";
  fault.kind->apply(fault, "eccsign", reply);
  EXPECT_EQ(json::parse(reply.body).at("result"), "AABB");
}

}  // namespace
}  // namespace n200sim
