// SPDX-License-Identifier: Apache-2.0
// A PIN on which the nodes of a cluster disagree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/options.h"
#include "n200/uri.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

transport::Reply signature() { return answer(R"({"result":")" + std::string(128, 'A') + "\"}"); }
transport::Reply wrong_pin() { return answer(R"({"error":"wrong pin"})"); }
transport::Reply unreachable() {
  auto reply = lost(transport::Failure::cannot_connect);
  reply.may_have_acted = false;
  return reply;
}

// Has the state of a process that was started or forked separately, but shares the verdicts.
struct Program {
  Program(std::deque<transport::Reply> answers, std::string_view pin)
      : pipeline(std::make_shared<ScriptedPipeline>(std::move(answers),
                                                    std::vector<std::string>{"https://n1", "https://n2"})) {
    Options options;
    options.deadline_ms = 2000;
    device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
    KeyRecord record;
    record.key_id = "hsm010123F13C56131E1EEE0000000000000025";
    record.nice_name = "web";
    record.public_key = Bytes(64, 1);
    key = device->handle(*KeyUri::parse("sesam:web"), record, Secret(pin));
  }
  Reason sign() {
    std::array<unsigned char, 64> out{};
    const auto made = device->sign(key, {Operation::ec_sign, out}, out);
    said = made ? std::string() : made.error().detail;
    return made ? Reason::none : made.error().reason;
  }
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> device;
  KeyHandle key;
  std::string said;
};

TEST(PinInCluster, that_another_node_rejects_still_signs_on_the_node_that_accepted_it) {
  Program one({signature(), unreachable(), wrong_pin(), signature()}, "20261130");
  EXPECT_EQ(one.sign(), Reason::none);
  EXPECT_EQ(one.sign(), Reason::none) << one.said;
  EXPECT_EQ(one.sign(), Reason::none) << one.said;
  EXPECT_THAT(one.pipeline->nodes_asked, ElementsAre(0, 0, 1, 0, 0));

  Program another({signature(), unreachable(), signature()}, "20261130");
  EXPECT_EQ(another.sign(), Reason::none);
  EXPECT_EQ(another.sign(), Reason::none) << another.said;
  EXPECT_THAT(another.pipeline->nodes_asked, ElementsAre(0, 0, 0)) << "the other node is not asked again";
}

TEST(PinInCluster, that_no_node_accepted_is_not_tried_on_the_next_one) {
  Program one({wrong_pin()}, "20261131");
  EXPECT_EQ(one.sign(), Reason::wrong_pin);
  EXPECT_EQ(one.sign(), Reason::wrong_pin);
  EXPECT_THAT(one.said, HasSubstr("https://n1: PIN previously rejected by the device; request not sent"));
  EXPECT_THAT(one.pipeline->nodes_asked, ElementsAre(0));
  Program another({signature()}, "20261131");
  EXPECT_EQ(another.sign(), Reason::wrong_pin);
  EXPECT_THAT(another.pipeline->nodes_asked, IsEmpty());
}

TEST(PinInCluster, that_was_changed_on_all_nodes_is_sent_to_each_once) {
  Program one({signature(), unreachable(), signature(), wrong_pin()}, "20261132");
  EXPECT_EQ(one.sign(), Reason::none);
  EXPECT_EQ(one.sign(), Reason::none) << "both accepted it";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(one.sign(), Reason::wrong_pin);
  EXPECT_THAT(one.pipeline->nodes_asked, ElementsAre(0, 0, 1, 1, 0));
}

}  // namespace
}  // namespace sesam::n200
