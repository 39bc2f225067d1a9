// SPDX-License-Identifier: Apache-2.0
// After a change of a key, this process finds the key as it is now, by each of its names.
#include "n200/lost_answer.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>

#include "base/hex.h"
#include "n200/device.h"
#include "n200/options.h"
#include "n200/uri.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";
const std::string kNone, kOld(128, 'A'), kNew(128, 'B');
constexpr const char* kUris[] = {"sesam:web", "sesam:key-id=hsm010123F13C56131E1EEE0000000000000025",
                                 "sesam:token=hsm010123F13C56131E1EEE00000025",
                                 "sesam:id=%AA%AB%68%60%6B%E2"};

transport::Reply record(const std::string& public_key) {
  return answer(R"({"result":{")" + std::string(kKeyId) +
                R"(":{"key_type":"NIST","key_len":256,"nice_name":"web","id":"AAAB68606BE2","public_key":")" +
                public_key + "\"}}}");
}
transport::Reply no_key() { return answer(R"({"error":"unknown key"})"); }
transport::Reply no_record() { return answer(R"({"result":{}})"); }
transport::Reply key_id() { return answer(R"({"result":")" + std::string(kKeyId) + "\"}"); }

NewKey wanted() {
  NewKey key;
  key.curve_type = "NIST";
  key.bits = 256;
  key.acl = "FFFF";
  key.nice_name = "web";
  return key;
}

struct Changes : testing::Test {
  void expect(std::deque<transport::Reply> answers) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers));
    Options options;
    options.deadline_ms = 1000;
    device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
  }
  // The public key in hex, or the reason for a failure.
  std::string open(const char* uri = "sesam:web") {
    const auto found = device->find_key(*KeyUri::parse(uri));
    return found ? to_hex(found->public_key) : text_of(found.error().reason);
  }
  Result<void> remove() { return device->remove(KeyHandle(kKeyId, "", "web", 1, Secret(""))); }

  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> device;
};

TEST_F(Changes, make_a_new_key_that_is_opened_in_place_of_the_former_one) {
  for (const char* uri : kUris) {
    expect({record(kOld), no_key(), key_id(), record(kNew)});
    EXPECT_EQ(open(uri), kOld);
    ASSERT_TRUE(device->generate(wanted()));
    EXPECT_EQ(open(uri), kNew) << uri;
  }
}

TEST_F(Changes, make_a_key_by_import_that_is_opened_in_place_of_the_former_one) {
  expect({record(kOld), no_key(), key_id(), record(kNew)});
  EXPECT_EQ(open(), kOld);
  ASSERT_TRUE(device->import_ec(wanted(), {Secret(std::string(32, '\x01')), *from_hex(kNew)}));
  EXPECT_EQ(open(), kNew);
}

TEST_F(Changes, whose_answer_is_lost_make_a_new_key_that_is_opened_next) {
  expect({record(kOld), no_key(), lost(), no_key(), record(kNew)});
  EXPECT_EQ(open(), kOld);
  ASSERT_TRUE(device->generate(wanted()));
  EXPECT_EQ(open(), kNew);
  expect({record(kOld), no_key(), lost(), lost(transport::Failure::other), record(kNew)});
  EXPECT_EQ(open(), kOld);
  ASSERT_FALSE(device->generate(wanted()));
  EXPECT_EQ(open(), kNew) << "it may exist";
}

TEST_F(Changes, make_a_key_that_is_found_although_its_name_was_free) {
  expect({no_record(), no_key(), key_id(), record(kNew)});
  EXPECT_EQ(open(), "unknown key");
  ASSERT_TRUE(device->generate(wanted()));
  EXPECT_EQ(open(), kNew);
}

TEST_F(Changes, of_a_key_in_a_listing_are_found_in_a_new_listing) {
  const auto listed = [](const std::string& public_key) { return record(public_key); };
  expect({record(kNone), listed(kOld), no_key(), key_id(), record(kNone), listed(kNew), record(kNone),
          listed(kNew)});
  EXPECT_EQ(open(), kOld);
  ASSERT_TRUE(device->generate(wanted()));
  EXPECT_EQ(open(), kNew) << "another key of the same key_id";
}

TEST_F(Changes, by_deletion_leave_no_key_to_open) {
  for (const char* uri : kUris) {
    expect({record(kOld), key_id(), no_key()});
    EXPECT_EQ(open(uri), kOld);
    ASSERT_TRUE(remove());
    EXPECT_EQ(open(uri), "unknown key") << uri;
  }
}

// Opens the key during the look-up that follows a lost answer.
TEST_F(Changes, that_the_device_completes_later_leave_no_key_to_open) {
  struct Interrupted : ScriptedPipeline {
    using ScriptedPipeline::ScriptedPipeline;
    transport::Reply perform(const transport::Request& request) override {
      if (asked.size() == 1) {
        asked.emplace_back("open");
        meanwhile();
      }
      return ScriptedPipeline::perform(request);
    }
    std::function<void()> meanwhile;
  };
  const auto interrupted =
      std::make_shared<Interrupted>(std::deque<transport::Reply>{lost(), record(kOld), no_key()});
  interrupted->meanwhile = [&] { EXPECT_EQ(open(), kOld); };
  device = std::make_shared<Device>(interrupted, Options(), *Log::open(0, "stderr"));
  ASSERT_TRUE(remove());
  EXPECT_EQ(open(), "unknown key");
}

TEST_F(Changes, of_one_device_are_known_to_another_of_the_same_appliance) {
  expect({record(kOld), no_key(), key_id(), record(kNew)});
  EXPECT_EQ(open(), kOld);
  Device other(pipeline, Options(), *Log::open(0, "stderr"));
  ASSERT_TRUE(other.generate(wanted()));
  EXPECT_EQ(open(), kNew);
}

TEST_F(Changes, cost_one_look_up_at_the_next_opening) {
  expect({record(kOld), no_key(), key_id(), record(kNew)});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(open(), kOld);
  EXPECT_EQ(pipeline->asked.size(), 1U);
  ASSERT_TRUE(device->generate(wanted()));
  EXPECT_EQ(pipeline->asked.size(), 4U);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(open(), kNew);
  EXPECT_EQ(pipeline->asked.size(), 5U);
}

}  // namespace
}  // namespace sesam::n200
