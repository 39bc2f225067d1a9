// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sesam::simulator {
namespace {

using nlohmann::json;

std::string_view name_of(const Fault& fault) { return fault.kind == nullptr ? "" : fault.kind->name; }

TEST(Faults, hit_their_command_as_often_as_ordered) {
  Faults faults;
  faults.add({{"fault", "http-500"}, {"count", 2}, {"command", "eccsign"}});
  EXPECT_EQ(name_of(faults.take("listkeys")), "");
  EXPECT_EQ(name_of(faults.take("eccsign")), "http-500");
  EXPECT_EQ(name_of(faults.take("eccsign")), "http-500");
  EXPECT_EQ(name_of(faults.take("eccsign")), "");
}

TEST(Faults, last_until_cleared_if_ordered_without_a_count) {
  Faults faults;
  faults.add({{"fault", "slow"}, {"count", -1}, {"ms", 5}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(faults.take("timestamp").delay_ms, 5U);
  faults.clear();
  EXPECT_EQ(name_of(faults.take("timestamp")), "");
}

TEST(Faults, hit_every_nth_request_of_their_command) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"command", "eccsign"}, {"every", 3}});
  std::string pattern;
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(name_of(faults.take("listkeys")), "");
    pattern += name_of(faults.take("eccsign")).empty() ? '.' : 'x';
  }
  EXPECT_EQ(pattern, "..x..x..x");
}

TEST(Faults, hit_with_the_ordered_probability) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"probability", 0.25}});
  int hits = 0;
  for (int i = 0; i < 4000; ++i) hits += name_of(faults.take("eccsign")).empty() ? 0 : 1;
  EXPECT_NEAR(hits, 1000, 150);
}

TEST(Faults, that_do_not_hit_leave_the_request_to_the_next_fault) {
  Faults faults;
  faults.add({{"fault", "reset"}, {"every", 2}});
  faults.add({{"fault", "slow"}, {"count", -1}});
  EXPECT_EQ(name_of(faults.take("eccsign")), "slow");
  EXPECT_EQ(name_of(faults.take("eccsign")), "reset");
}

TEST(Faults, leave_out_a_field_of_every_record) {
  Faults faults;
  faults.add({{"fault", "missing-field"}, {"field", "key_type"}});
  const Fault fault = faults.take("listkeys");
  Reply reply;
  reply.body = R"({"result":{"k1":{"key_type":"NIST","key_len":256},"k2":{"key_type":"NIST"}}})";
  fault.kind->apply(fault, "listkeys", reply);
  EXPECT_EQ(reply.body, R"({"result":{"k1":{"key_len":256},"k2":{}}})");
}

TEST(Faults, of_a_busy_device_set_retry_after) {
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

TEST(Faults, that_break_json_leave_invalid_json) {
  Faults faults;
  faults.add({{"fault", "bad-json"}});
  const Fault fault = faults.take("eccsign");
  Reply reply;
  reply.body = R"({"result":"AABB"})";
  fault.kind->apply(fault, "eccsign", reply);
  EXPECT_EQ(reply.body, R"({"result":"AABB")");
}

TEST(Faults, with_an_unknown_name_are_refused) {
  Faults faults;
  EXPECT_THROW(faults.add({{"fault", "reset"}, {"every", 0}}), std::invalid_argument);
  EXPECT_THROW(faults.add({{"fault", "meteorite"}}), std::invalid_argument);
}

TEST(Faults, that_make_a_signature_wrong_keep_its_length) {
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

TEST(Faults, that_add_an_error_keep_the_result) {
  Faults faults;
  faults.add({{"fault", "error-with-result"}, {"text", "key is protected"}});
  const Fault fault = faults.take("deletekey");
  Reply reply;
  reply.body = R"({"command":"deletekey","result":"hsm01"})";
  fault.kind->apply(fault, "deletekey", reply);
  EXPECT_EQ(json::parse(reply.body),
            json({{"command", "deletekey"}, {"result", "hsm01"}, {"error", "key is protected"}}));
}

TEST(Faults, that_shorten_a_signature_remove_two_bytes) {
  Faults faults;
  faults.add({{"fault", "short-signature"}});
  const Fault fault = faults.take("eccsign");
  Reply reply;
  reply.body = R"({"result":"AABBCCDD"})";
  fault.kind->apply(fault, "eccsign", reply);
  EXPECT_EQ(json::parse(reply.body).at("result"), "AABB");
}

}  // namespace
}  // namespace sesam::simulator
