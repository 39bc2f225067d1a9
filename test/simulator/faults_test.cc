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

TEST(Faults, HitEachSoManiethRequestOfTheirCommand) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"command", "eccsign"}, {"every", 3}});
  std::string pattern;
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(name_of(faults.take("listkeys")), "");
    pattern += name_of(faults.take("eccsign")).empty() ? '.' : 'x';
  }
  EXPECT_EQ(pattern, "..x..x..x");
}

TEST(Faults, HitWithTheProbabilityOrdered) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"probability", 0.25}});
  int hits = 0;
  for (int i = 0; i < 4000; ++i) hits += name_of(faults.take("eccsign")).empty() ? 0 : 1;
  EXPECT_NEAR(hits, 1000, 150);
}

TEST(Faults, OneThatDoesNotHitLeavesTheRequestToTheNext) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"every", 2}});
  faults.add({{"fault", "slow"}, {"count", -1}});
  EXPECT_EQ(name_of(faults.take("eccsign")), "slow");
  EXPECT_EQ(name_of(faults.take("eccsign")), "reset");
}

TEST(Faults, FieldOfARecordIsLeftOut) {
  Faults faults;
  faults.add({{"fault", "missing-field"}, {"field", "key_type"}});
  const Fault fault = faults.take("listkeys");
  Reply reply;
  reply.body = R"({"result":{"k1":{"key_type":"NIST","key_len":256},"k2":{"key_type":"NIST"}}})";
  fault.kind->apply(fault, "listkeys", reply);
  EXPECT_EQ(reply.body, R"({"result":{"k1":{"key_len":256},"k2":{}}})");
}

TEST(Faults, BusyDeviceSaysWhenToComeAgain) {
  Faults faults;
  faults.add({{"fault", "http-429"}, {"retry_after_s", 7}});
  faults.add({{"fault", "http-503"}, {"retry_after_s", -1}});
  Reply with;
  Reply without;
  for (Reply* reply : {&with, &without}) {
    const Fault fault = faults.take("eccsign");
    fault.kind->apply(fault, "eccsign", *reply);
  }
  EXPECT_EQ(with.status, 429);
  EXPECT_EQ(with.headers.front(), (std::pair<std::string, std::string>("retry-after", "7")));
  EXPECT_EQ(without.status, 503);
  EXPECT_TRUE(without.headers.empty());
}

TEST(Faults, BrokenJsonIsNoJson) {
  Faults faults;
  faults.add({{"fault", "bad-json"}});
  const Fault fault = faults.take("eccsign");
  Reply reply;
  reply.body = R"({"result":"AABB"})";
  fault.kind->apply(fault, "eccsign", reply);
  EXPECT_EQ(reply.body, R"({"result":"AABB")");
}

TEST(Faults, UnknownOneIsRefused) {
  Faults faults;
  EXPECT_THROW(faults.add({{"fault", "reset"}, {"every", 0}}), std::invalid_argument);
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
