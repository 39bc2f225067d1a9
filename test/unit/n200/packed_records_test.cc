// SPDX-License-Identifier: Apache-2.0
#include "n200/packed_records.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

TEST(PackedRecords, come_back_as_they_were) {
  KeyRecord full;
  full.key_id = "hsm010123F13C56131E1EEE0000000000000025";
  full.token = "hsm010123F13C56131E1EEE00000025";
  full.id = "AAAB68606BE2";
  full.nice_name = std::string("we\0b", 4);
  full.key_type = "RSA";
  full.key_bits = 2048;
  full.public_key = {1, 0, 2};
  full.modulus = Bytes(256, 0xFF);
  full.exponent = {1, 0, 1};
  full.acl = "FFFF";
  full.owner = "pkmaster";
  full.created = "2022/10/01 20:15";
  full.last_used = "2022/10/01 20:32";
  full.planned_until = "2032/10/01";
  PackedRecords records;
  records.add(full);
  records.add({});
  records.add(full);
  std::vector<KeyRecord> visited;
  records.for_each([&](const KeyRecord& record) { visited.push_back(record); });
  ASSERT_EQ(visited.size(), 3U);
  for (const std::size_t i : {0U, 2U}) {
    for (const auto text : {&KeyRecord::key_id, &KeyRecord::token, &KeyRecord::id, &KeyRecord::nice_name,
                            &KeyRecord::key_type, &KeyRecord::acl, &KeyRecord::owner, &KeyRecord::created,
                            &KeyRecord::last_used, &KeyRecord::planned_until})
      EXPECT_EQ(visited[i].*text, full.*text);
    EXPECT_EQ(visited[i].key_bits, 2048U);
    EXPECT_EQ(visited[i].public_key, full.public_key);
    EXPECT_EQ(visited[i].modulus, full.modulus);
    EXPECT_EQ(visited[i].exponent, full.exponent);
  }
  EXPECT_EQ(visited[1].key_id, "");
  EXPECT_EQ(visited[1].key_bits, 0U);
  EXPECT_TRUE(visited[1].modulus.empty());
}

TEST(PackedRecords, are_visited_in_the_order_that_they_were_sorted_into) {
  PackedRecords records;
  const std::pair<const char*, const char*> keys[] = {{"3", "web"}, {"2", "ca"}, {"1", "web"}, {"4", ""}};
  for (const auto& [key_id, name] : keys) {
    KeyRecord record;
    record.key_id = key_id;
    record.nice_name = name;
    record.modulus = Bytes(600 * 1024, 0);  // a block has room for one of them only
    records.add(record);
  }
  const auto key_ids = [&] {
    std::string all;
    records.for_each([&](const KeyRecord& record) { all += record.key_id; });
    return all;
  };
  EXPECT_EQ(key_ids(), "3214");
  records.sort([](const KeyRecord& record) { return record.nice_name; }, false);
  EXPECT_EQ(key_ids(), "4231");
  records.sort([](const KeyRecord& record) { return record.nice_name; }, true);
  EXPECT_EQ(key_ids(), "3124");
  EXPECT_EQ(records.size(), 4U);
}

}  // namespace
}  // namespace sesam::n200
