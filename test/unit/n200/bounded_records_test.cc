// SPDX-License-Identifier: Apache-2.0
#include "n200/bounded_records.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

KeyRecord record(const std::string& key_id) {
  KeyRecord record;
  record.key_id = key_id;
  record.public_key = Bytes(64, 1);
  return record;
}

TEST(BoundedRecords, keep_all_keys_of_a_listing_that_is_small) {
  BoundedRecords records("hsm02");
  for (const auto* id : {"hsm01", "hsm02", "hsm03"}) records.add(record(id));
  EXPECT_EQ(std::move(records).take().size(), 3U);
}

TEST(BoundedRecords, keep_none_that_has_no_public_part) {
  BoundedRecords records("hsm02");
  KeyRecord bare;
  bare.key_id = "hsm02";
  records.add(bare);
  EXPECT_TRUE(std::move(records).take().empty());
}

TEST(BoundedRecords, keep_the_wanted_key_alone_of_a_listing_that_is_large) {
  for (const int wanted_at : {0, 150'000}) {
    BoundedRecords records("HSM00");
    for (int i = 0; i < 150'000; ++i) {
      if (i == wanted_at) records.add(record("hsm00"));
      records.add(record("hsm" + std::to_string(i + 100)));
    }
    if (wanted_at == 150'000) records.add(record("hsm00"));
    const auto kept = std::move(records).take();
    ASSERT_EQ(kept.size(), 1U) << wanted_at;
    EXPECT_EQ(kept.front().key_id, "hsm00");
    EXPECT_LE(kept.capacity(), 2U);
  }
}

}  // namespace
}  // namespace sesam::n200
