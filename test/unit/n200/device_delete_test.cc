// SPDX-License-Identifier: Apache-2.0
// Deletion on a device whose replies get lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/options.h"
#include "n200/signature_proof.h"
#include "n200/uri.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";
const std::string kDelete = std::string("command=deletekey&core=2&key=") + kKeyId + "&pin=1234";
const std::string kLookUp = std::string("/n200/getkeyattributes/") + kKeyId + "/";

transport::Reply deleted() {
  return answer(R"({"command":"deletekey","core":2,"result":")" + std::string(kKeyId) + "\"}");
}
transport::Reply gone() { return answer(R"({"command":"getkeyattributes","error":"unknown key"})"); }
transport::Reply there() {
  return answer(R"({"result":{")" + std::string(kKeyId) +
                R"(":{"key_type":"NIST","key_len":256,"nice_name":"web"}}})");
}

struct Deletion : testing::Test {
  Result<void> of_key(std::deque<transport::Reply> answers, std::string_view pin = "1234") {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers), urls);
    Options options;
    options.deadline_ms = 500;
    Device device(pipeline, std::move(options), *Log::open(0, "stderr"));
    KeyHandle key(kKeyId, "hsm010123F13C56131E1EEE00000025", "web", 2, Secret(pin));
    key.proof = proof;
    return device.remove(key);
  }
  long requests_to_delete() const {
    return std::count(pipeline->asked.begin(), pipeline->asked.end(), kDelete);
  }
  std::vector<std::string> urls{"https://device"};
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<SignatureProof> proof = std::make_shared<SignatureProof>(0);
};

struct DeletionInCluster : Deletion {
  DeletionInCluster() { urls = {"https://n1", "https://n2", "https://n3"}; }
};

TEST_F(Deletion, is_one_request) {
  const auto done = of_key({answer(R"({"command":"deletekey","result":"deleted"})")});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kDelete));
}

TEST_F(Deletion, that_is_answered_with_the_key_id_is_checked_because_that_may_be_an_echo) {
  const auto done = of_key({deleted(), there(), gone()});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp, kLookUp));
  EXPECT_TRUE(proof->is_deleted());
}

TEST_F(Deletion, that_is_answered_with_the_key_id_fails_if_the_key_is_still_there) {
  const auto done = of_key({deleted(), there()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::deletion_incomplete);
  EXPECT_THAT(done.error().detail, HasSubstr("confirmed the deletion, but the key still exists"));
  EXPECT_FALSE(proof->is_deleted());
  const auto unknown = of_key({deleted(), lost()});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().reason, Reason::outcome_unknown);
  EXPECT_TRUE(proof->is_deleted()) << "it may be gone";
}

TEST_F(Deletion, that_is_answered_with_an_error_too_is_looked_into) {
  for (const char* error : {R"("key is protected, not deleted")", R"("access denied")", "17"}) {
    for (const char* result : {kKeyId, "deleted"}) {
      const auto both = answer(R"({"command":"deletekey","error":)" + std::string(error) + R"(,"result":")" +
                               result + "\"}");
      const auto failed = of_key({both, there()});
      ASSERT_FALSE(failed) << error;
      EXPECT_THAT(failed.error().detail, HasSubstr("; the key still exists")) << error;
      EXPECT_THAT(failed.error().detail, HasSubstr("device message: ")) << error;
      EXPECT_FALSE(proof->is_deleted());
      EXPECT_TRUE(of_key({both, gone()})) << error;
      EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp));
    }
  }
}

TEST_F(Deletion, whose_answer_is_lost_is_done_when_the_key_is_gone) {
  for (const auto failure : {transport::Failure::timed_out, transport::Failure::connection_lost}) {
    const auto done = of_key({lost(failure), there(), gone()});
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp, kLookUp));
  }
}

TEST_F(Deletion, is_waited_for_where_a_gateway_got_no_reply) {
  for (const int status : {502, 504}) {
    auto from_gateway = answer("<html>");
    from_gateway.status = status;
    from_gateway.may_have_acted = true;
    const auto done = of_key({from_gateway, there(), there(), gone()});
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(requests_to_delete(), 1);
  }
}

TEST_F(Deletion, is_never_asked_for_twice_and_says_that_the_key_is_still_there) {
  const auto done = of_key({lost(), there()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::timed_out);
  EXPECT_THAT(done.error().detail, HasSubstr("the key still exists"));
  EXPECT_EQ(requests_to_delete(), 1);
  EXPECT_GT(pipeline->asked.size(), 3U);
}

TEST_F(Deletion, of_which_nothing_can_be_found_out_is_told_to_be_so) {
  const auto done = of_key({lost()});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().detail, HasSubstr("it is not known whether the key still exists"));
  EXPECT_EQ(requests_to_delete(), 1);
}

// For example, if no memory is left for the reply.
TEST_F(Deletion, that_failed_here_after_the_request_was_sent_is_looked_into) {
  for (const auto failure :
       {transport::Failure::out_of_memory, transport::Failure::other, transport::Failure::stopped,
        transport::Failure::client_rejected, transport::Failure::tls_failed}) {
    const auto done = of_key({lost(failure), gone()});
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp));
    EXPECT_TRUE(proof->is_deleted());
  }
}

TEST_F(Deletion, is_remembered_unless_the_key_is_found_to_be_still_there) {
  ASSERT_FALSE(of_key({lost(), there()}));
  EXPECT_FALSE(proof->is_deleted());
  ASSERT_FALSE(of_key({lost()}));
  EXPECT_TRUE(proof->is_deleted()) << "it may be gone";
  ASSERT_FALSE(of_key({answer("<html>"), there()}));
  EXPECT_FALSE(proof->is_deleted());
  ASSERT_TRUE(of_key({lost(), gone()}));
  EXPECT_TRUE(proof->is_deleted());
}

TEST_F(Deletion, that_was_answered_with_something_else_is_looked_at_once) {
  const auto done = of_key({answer("<html>"), there()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::bad_reply);
  EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp));
  EXPECT_TRUE(of_key({answer(R"({"command":"deletekey"})"), gone()}));
}

TEST_F(Deletion, that_the_device_refuses_is_not_looked_into) {
  const auto done = of_key({answer(R"({"command":"deletekey","error":"access denied"})")});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::access_denied);
  EXPECT_EQ(pipeline->asked.size(), 1U);
}

TEST_F(Deletion, does_not_send_a_pin_again_that_was_wrong) {
  ASSERT_FALSE(of_key({answer(R"({"command":"deletekey","error":"wrong pin"})")}, "9999"));
  const auto again = of_key({deleted()}, "9999");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::wrong_pin);
  EXPECT_TRUE(pipeline->asked.empty());
}

transport::Reply with_public_key() {
  return answer(R"({"result":{")" + std::string(kKeyId) +
                R"(":{"key_type":"NIST","key_len":256,"nice_name":"web","public_key":")" +
                std::string(128, 'A') + "\"}}}");
}

// What a device returns for a look-up, and then for each type, of which only NIST and RSA have keys.
std::deque<transport::Reply> listings(const std::string& nist, const std::string& rsa = "") {
  const auto of = [](const std::string& records) { return answer(R"({"result":{)" + records + "}}"); };
  return {with_public_key(), of(nist), of(""), of(rsa), of("")};
}

TEST_F(Deletion, of_a_key_by_its_name_needs_a_name_that_only_one_key_has) {
  const std::string key = "\"" + std::string(kKeyId) + R"(":{"key_type":"NIST","nice_name":"web"})";
  const std::string other = R"("hsm26":{"key_type":"RSA","nice_name":"web"})";
  const std::string third = R"("hsm27":{"key_type":"NIST","nice_name":"www"})";
  const auto find = [&](const char* uri, std::deque<transport::Reply> answers) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers), urls);
    return Device(pipeline, Options(), *Log::open(0, "stderr")).find_key_to_remove(*KeyUri::parse(uri));
  };
  EXPECT_TRUE(find("sesam:web", listings(key + "," + third)));
  EXPECT_EQ(pipeline->asked.size(), 5U);
  for (const auto& answers : {listings(key + "," + other), listings(key, other)}) {
    const auto found = find("sesam:web", answers);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().reason, Reason::several_keys_match);
    EXPECT_THAT(found.error().detail, HasSubstr(std::string(kKeyId) + ", hsm26"));
  }
  const auto unknown = find("sesam:web", {with_public_key(), answer(R"({"error":"access denied"})")});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().detail, HasSubstr("name the key by its key_id"));
  const std::string by_id = std::string("sesam:key-id=") + kKeyId;
  EXPECT_TRUE(find(by_id.c_str(), {with_public_key()}));
  EXPECT_EQ(pipeline->asked.size(), 1U) << "a key_id is unique";
}

TEST_F(DeletionInCluster, asks_every_other_node_whether_the_key_is_gone) {
  const auto done = of_key({deleted(), gone()});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp, kLookUp, kLookUp));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 0, 1, 2));
}

TEST_F(DeletionInCluster, gives_nodes_time_to_share_it) {
  ASSERT_TRUE(of_key({deleted(), gone(), there(), there(), gone()}));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 0, 1, 1, 1, 2));
}

TEST_F(DeletionInCluster, names_the_nodes_that_keep_the_key) {
  const auto done = of_key({deleted(), gone(), gone(), there()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::deletion_incomplete);
  EXPECT_THAT(done.error().detail, HasSubstr("deleted from https://n1; https://n3 still has it"));
  EXPECT_THAT(done.error().detail, HasSubstr(kKeyId));
}

TEST_F(DeletionInCluster, names_the_nodes_that_do_not_answer) {
  const auto done = of_key({deleted(), gone(), answer(R"({"error":"access denied"})"), gone()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::deletion_incomplete);
  EXPECT_THAT(done.error().detail, HasSubstr("whether https://n2 still has it is not known"));
}

TEST_F(DeletionInCluster, is_requested_of_the_node_that_has_the_key) {
  ASSERT_TRUE(of_key({gone(), gone(), there(), deleted(), gone()}));
  EXPECT_THAT(pipeline->asked, ElementsAre(kDelete, kLookUp, kLookUp, kDelete, kLookUp, kLookUp, kLookUp));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 2, 2, 2, 0, 1));
}

}  // namespace
}  // namespace sesam::n200
