// SPDX-License-Identifier: Apache-2.0
// Look-ups of keys that not every node of a cluster has.
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

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kPublicKey[] =
    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";

transport::Reply records(const std::string& name, bool with_public_key = true) {
  const std::string public_key =
      with_public_key ? R"(,"public_key":")" + std::string(kPublicKey) + '"' : std::string();
  return answer(R"({"result":{"k":{"key_id":"hsm010123F13C56131E1EEE0000000000000025","key_type":"NIST",)"
                R"("key_len":256,"nice_name":")" +
                name + '"' + public_key + "}}}");
}
transport::Reply unknown_key() { return answer(R"({"error":"unknown key"})"); }
transport::Reply no_records() { return answer(R"({"result":{}})"); }
transport::Reply unreachable() {
  auto reply = lost(transport::Failure::cannot_connect);
  reply.may_have_acted = false;
  return reply;
}

struct FindInCluster : testing::Test {
  void start(std::deque<transport::Reply> answers) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers),
                                                  std::vector<std::string>{"https://n1", "https://n2"});
    Options options;
    options.deadline_ms = 2000;
    device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
  }
  Result<KeyRecord> find(const std::string& uri) { return device->find_key(*KeyUri::parse(uri)); }
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> device;
};

TEST_F(FindInCluster, asks_the_next_node_for_a_key_that_the_first_one_does_not_have) {
  for (const auto& first : {unknown_key(), no_records()}) {
    start({first, records("late")});
    const auto found = find("sesam:late");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->node, 1U);
    EXPECT_TRUE(find("sesam:late")) << "from the cache";
    EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1));
  }
}

TEST_F(FindInCluster, signs_with_such_a_key_by_one_request_to_the_node_that_has_it) {
  start({unknown_key(), records("late2"), answer(R"({"result":")" + std::string(128, 'A') + "\"}")});
  const KeyUri uri = *KeyUri::parse("sesam:late2");
  const auto found = device->find_key(uri);
  ASSERT_TRUE(found) << found.error().detail;
  const KeyHandle key = device->handle(uri, *found, Secret(""));
  std::array<unsigned char, 64> out{};
  EXPECT_TRUE(device->sign(key, {Operation::ec_sign, out}, out));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 1));
}

TEST_F(FindInCluster, lists_the_keys_of_the_node_that_has_it_for_the_public_key) {
  start({unknown_key(), records("bare", false), records("bare"), unknown_key(), records("bare", false)});
  const auto found = find("sesam:bare");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_TRUE(found->has_public_part());
  const auto again = device->find_key_past_cache(*KeyUri::parse("sesam:bare"));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->has_public_part()) << "the listing is cached";
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 1, 0, 1));
}

TEST_F(FindInCluster, asks_each_node_once_for_a_key_that_none_has) {
  start({unknown_key()});
  const auto found = find("sesam:none");
  EXPECT_EQ(found.error().reason, Reason::unknown_key);
  EXPECT_THAT(found.error().detail, AllOf(HasSubstr("https://n1"), HasSubstr(", and no other node has it")));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1));
}

TEST_F(FindInCluster, names_the_node_that_could_not_be_asked) {
  start({unreachable(), unknown_key()});
  const auto found = find("sesam:none");
  EXPECT_EQ(found.error().reason, Reason::unknown_key);
  EXPECT_THAT(found.error().detail,
              AllOf(HasSubstr("https://n2"),
                    HasSubstr(", and not every node could be asked; https://n1 is unhealthy")));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1)) << "an avoided node is not waited for";
}

TEST_F(FindInCluster, does_not_ask_others_if_the_node_in_use_has_the_key) {
  start({records("here")});
  ASSERT_TRUE(find("sesam:here"));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0));
}

}  // namespace
}  // namespace sesam::n200
