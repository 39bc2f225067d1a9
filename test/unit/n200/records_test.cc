// SPDX-License-Identifier: Apache-2.0
// Key records, which n200/reply.h reads from getkeyattributes and listkeys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "n200/reply.h"

namespace sesam::n200 {
namespace {

using testing::HasSubstr;

constexpr char kPublicKey[] =
    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";

// As observed (n200.md), with the complete public key.
std::string observed_listing() {
  return R"({"command":"listkeys","core":0,"result":{"hsm010123F13C56131E1EEE0000000000000025":{
  "slot":"hsm010123F13C56131E1EEE00000025","key_id":"hsm010123F13C56131E1EEE0000000000000025","id":"AAAB68606BE2",
  "key_type":"NIST","key_len":256,"key_acl":"FFFF","nice_name":"JP.example",
  "date_of_creation":"2022/10/01 20:15","date_of_last_use":"2022/10/01 20:32","date_planned_lifetime_until":null,
  "token_name":"hsm010123F13C56131E1EEE00000025","key_owner":"pkmaster",
  "public_key":")" +
         std::string(kPublicKey) + "\"}}}";
}

Result<std::vector<KeyRecord>> read(std::string body, const WireRow& row) {
  SESAM_TRY(document, ReplyDocument::parse(body));
  std::vector<KeyRecord> records;
  SESAM_CHECK(document.for_each_record(row, [&](KeyRecord record) { records.push_back(std::move(record)); }));
  return records;
}
Result<std::vector<KeyRecord>> read(std::string body) {
  return read(std::move(body), WireTable().row(Operation::list_keys));
}
KeyRecord only_record(std::string body) {
  const auto records = read(std::move(body));
  EXPECT_TRUE(records) << (records ? "" : records.error().detail);
  EXPECT_EQ(records ? records->size() : 0, 1U);
  return records && !records->empty() ? records->front() : KeyRecord{};
}

TEST(KeyRecords, of_a_listing_are_read_as_observed) {
  const auto record = only_record(observed_listing());
  EXPECT_EQ(record.key_id, "hsm010123F13C56131E1EEE0000000000000025");
  EXPECT_EQ(record.token, "hsm010123F13C56131E1EEE00000025");
  EXPECT_EQ(record.id, "AAAB68606BE2");
  EXPECT_EQ(record.nice_name, "JP.example");
  EXPECT_EQ(record.key_type, "NIST");
  EXPECT_EQ(record.key_bits, 256U);
  EXPECT_EQ(to_hex(record.public_key), kPublicKey);
  EXPECT_EQ(record.serial(), "23F13C56131E1EEE");
  EXPECT_EQ(record.token_label(), "hsm010123F13C56131E1EEE00000025");
}

TEST(KeyRecords, may_take_all_their_fields_from_one_member) {
  auto row = WireTable().row(Operation::list_keys);
  row.record_names.fill("all");
  const std::string text(10'000, 'x');
  const auto records = read(R"({"result":{"k":{"all":")" + text + "\"}}}", row);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->front().nice_name, text);
  EXPECT_EQ(records->front().key_type, text);
}

TEST(KeyRecords, of_getkeyattributes_are_read_as_observed) {
  const auto record = only_record(
      R"({"command":"getkeyattributes","result":{"hsm010123F13C56131E1EEE0000000000000026":{"key_id":"hsm010123F13C56131E1EEE0000000000000026","key_type":"SYM","key_len":256,"key_acl":"FFFF","key_owner":"pkmaster","nice_name":"k01"}}})");
  EXPECT_EQ(record.key_type, "SYM");
  EXPECT_EQ(record.nice_name, "k01");
  EXPECT_TRUE(record.public_key.empty());
  EXPECT_EQ(record.token_label(),
            "hsm010123F13C56131E1EEE00000026");  // from the key_id, because the record has no token_name
}

TEST(KeyRecords, may_be_none_or_many) {
  EXPECT_TRUE(read(R"({"result":{}})")->empty());
  const auto records = read(R"({"result":{"a":{"nice_name":"one"},"b":{"nice_name":"two"},"c":{}}})");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ((*records)[1].nice_name, "two");
}

TEST(KeyRecords, without_a_key_id_take_their_members_name) {
  EXPECT_EQ(only_record(R"({"result":{"hsm77":{"nice_name":"x"}}})").key_id, "hsm77");
}

TEST(KeyRecords, take_numbers_that_are_written_as_strings) {
  EXPECT_EQ(only_record(R"({"result":{"a":{"key_len":"384"}}})").key_bits, 384U);
}

TEST(KeyRecords, leave_fields_of_the_wrong_type_empty) {
  const auto record = only_record(
      R"({"result":{"a":{"nice_name":7,"key_type":null,"key_len":"many","id":{"x":[1]},"token_name":["t"],"public_key":"XYZ"}}})");
  EXPECT_EQ(record.nice_name, "");
  EXPECT_EQ(record.key_type, "");
  EXPECT_EQ(record.key_bits, 0U);
  EXPECT_EQ(record.id, "");
  EXPECT_EQ(record.token, "");
  EXPECT_TRUE(record.public_key.empty());
  EXPECT_EQ(only_record(R"({"result":{"a":{"key_len":-256}}})").key_bits, 0U);
  EXPECT_EQ(only_record(R"({"result":{"a":{"key_len":1e3}}})").key_bits, 0U);
}

TEST(KeyRecords, keep_the_start_of_a_public_key_that_is_not_understood) {
  const auto record = only_record(R"({"result":{"a":{"key_type":"NIST","public_key":"XY)" +
                                  std::string(1000, 'Z') + R"("}}})");
  EXPECT_EQ(record.unread_public_key.substr(0, 4), "XYZZ");
  EXPECT_LT(record.unread_public_key.size(), 200U);
  EXPECT_EQ(only_record(R"({"result":{"a":{"key_type":"NIST","public_key":""}}})").unread_public_key, "");
}

TEST(KeyRecords, take_no_number_for_another_that_does_not_fit) {
  EXPECT_NE(only_record(R"({"result":{"a":{"key_len":4294967552}}})").key_bits, 256U);
}

TEST(KeyRecords, undo_escapes_in_names) {
  EXPECT_EQ(only_record(R"({"result":{"a":{"nice_name":"K\u00f6nig \"1\""}}})").nice_name,
            "K\xC3\xB6nig \"1\"");
}

TEST(KeyRecords, are_read_under_other_names_where_the_row_says_so) {
  const auto row = WireRow::parse(
      "GET /x/{name}/ -> data.keys:p1363:base64 nice_name=label key_len=bits public_key=pub key_id=handle");
  ASSERT_TRUE(row) << row.error().detail;
  const auto records = read(
      R"({"data":{"keys":{"m":{"handle":"h","label":"web","bits":384,"pub":"AQID","nice_name":"not this"}}}})",
      *row);
  ASSERT_TRUE(records) << records.error().detail;
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().key_id, "h");
  EXPECT_EQ(records->front().nice_name, "web");
  EXPECT_EQ(records->front().key_bits, 384U);
  EXPECT_EQ(records->front().public_key, (Bytes{1, 2, 3}));
}

TEST(KeyRecords, that_are_missing_or_no_object_are_an_error) {
  for (const auto* body : {R"({"command":"listkeys"})", R"({"result":"none"})"}) {
    const auto records = read(body);
    ASSERT_FALSE(records) << body;
    EXPECT_EQ(records.error().reason, Reason::reply_field_missing) << body;
    EXPECT_THAT(records.error().detail, HasSubstr("'result'")) << body;
  }
}

TEST(KeyRecords, that_are_no_records_are_an_error) {
  for (const auto* body : {R"({"result":{"a":"b"}})", R"({"result":{"a":[]}})", R"({"result":{"a":null}})",
                           R"({"result":{"a":{"nice_name"}}})", R"({"result":{"a":{"nice_name":}}})"}) {
    const auto records = read(body);
    ASSERT_FALSE(records) << body;
    EXPECT_EQ(records.error().reason, Reason::bad_reply) << body;
  }
}

TEST(KeyRecords, cut_off_anywhere_are_an_error_and_no_crash) {
  const auto whole = observed_listing();
  // The final brace is never read: the requested value is complete before it.
  for (std::size_t length = 0; length + 1 < whole.size(); ++length)
    EXPECT_FALSE(read(whole.substr(0, length))) << whole.substr(0, length);
}

TEST(KeyRecords, with_any_byte_altered_crash_nothing) {
  const auto whole = observed_listing();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char byte : {'"', '{', '}', '[', ',', ':', '\\', '\0', '\xFF', '9'}) {
      auto altered = whole;
      altered[at] = byte;
      if (const auto records = read(altered)) {
        EXPECT_LE(records->size(), 2U);
      }
    }
}

TEST(KeyRecords, may_come_in_any_wrapping) {
  const std::string id = "hsm010123F13C56131E1EEE0000000000000025";
  const std::string record = R"({"key_id":")" + id +
                             R"(","key_type":"NIST","key_len":"256","nice_name":"web","publickey":")" +
                             kPublicKey + "\"}";
  for (const auto& body : {R"({"result":{")" + id + "\":" + record + "}}", "{\"result\":" + record + "}",
                           "{\"result\":[" + record + "]}", R"({"Result":[{")" + id + "\":" + record + "}]}",
                           R"({"result":{"keys":[)" + record + "]}}",
                           R"({"result":{"count":1,"keys":{")" + id + "\":" + record + "}}}", record,
                           R"({")" + id + "\":" + record + "}"}) {
    const auto read_one = only_record(body);
    EXPECT_EQ(read_one.key_id, id) << body;
    EXPECT_EQ(read_one.key_bits, 256U) << body;
    EXPECT_EQ(to_hex(read_one.public_key), kPublicKey) << body;
  }
}

TEST(KeyRecords, may_spell_their_members_and_types_otherwise) {
  const auto record =
      only_record(R"({"result":{"hsm25":{"KeyType":"secp256r1","Nice-Name":"web","PublicKey":"04)" +
                  std::string(kPublicKey) + "\"}}}");
  EXPECT_EQ(record.key_type, "NIST");
  EXPECT_EQ(record.key_bits, 256U);
  EXPECT_EQ(record.nice_name, "web");
  EXPECT_EQ(to_hex(record.public_key), kPublicKey);
  EXPECT_EQ(
      only_record(R"({"result":{"hsm25":{"key_type":"ec","public_key":")" + std::string(kPublicKey) + "\"}}}")
          .key_type,
      "NIST");
}

TEST(KeyRecords, that_contradict_themselves_have_a_flaw) {
  const std::string key(kPublicKey);
  const std::string other = "AA" + key.substr(2);
  for (const auto& members : {R"("public_key":")" + key + R"(","publickey":")" + other + "\"",
                              R"("public_key":")" + key + R"(","public_key":")" + key + "\"",
                              std::string(R"("nice_name":"a","nice_name":"b")"),
                              std::string(R"("key_type":"NIST384","key_len":256)")}) {
    const auto record = only_record(R"({"result":{"hsm25":{"key_id":"hsm25",)" + members + "}}}");
    EXPECT_NE(record.flaw, "") << members;
    EXPECT_TRUE(record.public_key.empty()) << members;
  }
  EXPECT_EQ(only_record(R"({"result":{"hsm25":{"key_type":"NIST","key_len":256,"public_key":")" + key +
                        R"(","publickey":"04)" + key + "\"}}}")
                .flaw,
            "");
}

}  // namespace
}  // namespace sesam::n200
