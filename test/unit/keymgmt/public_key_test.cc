// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/public_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesam::keymgmt {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// From the public transcript (n200.md).
constexpr char kPoint[] =
    "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61"
    "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";

n200::KeyRecord ec_record() {
  n200::KeyRecord record;
  record.key_id = "hsm010123F13C56131E1EEE0000000000000025";
  record.nice_name = "JP.example";
  record.key_type = "NIST";
  record.key_bits = 256;
  record.public_key = *from_hex(kPoint);
  return record;
}

n200::KeyRecord rsa_record(std::size_t bytes) {
  n200::KeyRecord record = ec_record();
  record.key_type = "RSA";
  record.key_bits = static_cast<unsigned>(bytes * 8);
  record.modulus = Bytes(bytes, 0xC1);
  record.exponent = {1, 0, 1};
  return record;
}

void expect_refused(const n200::KeyRecord& record, KeyType type) {
  const auto key = public_key_of(record, type);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::bad_public_key);
  EXPECT_THAT(key.error().detail, AllOf(HasSubstr("JP.example"), HasSubstr(record.key_id)));
}

TEST(PublicKey, of_the_transcript_is_a_key) {
  const auto key = public_key_of(ec_record(), *type_of(ec_record()));
  ASSERT_TRUE(key);
  EXPECT_EQ(EVP_PKEY_get_bits(key->get()), 256);
  EXPECT_EQ(device_signature_bytes(KeyType::ec, key->get()), 64U);
}

TEST(PublicKey, that_is_no_point_of_the_curve_is_refused) {
  auto record = ec_record();
  record.public_key.back() ^= 1;
  expect_refused(record, KeyType::ec);
}

TEST(PublicKey, of_the_wrong_length_is_refused) {
  auto record = ec_record();
  record.public_key.pop_back();
  expect_refused(record, KeyType::ec);
}

TEST(PublicKey, that_the_device_did_not_return_is_told_from_an_invalid_one) {
  auto record = ec_record();
  record.public_key.clear();
  const auto none = public_key_of(record, KeyType::ec);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, Reason::reply_field_missing);
  EXPECT_THAT(none.error().detail, AllOf(HasSubstr("returned no public key"), HasSubstr(record.key_id),
                                         HasSubstr("public_key=THEIRNAME to wire_find_key")));
  record.unread_public_key = "MFkwEw";
  expect_refused(record, KeyType::ec);
  EXPECT_THAT(public_key_of(record, KeyType::ec).error().detail, HasSubstr("\"MFkwEw\""));
  for (Bytes n200::KeyRecord::*part : {&n200::KeyRecord::modulus, &n200::KeyRecord::exponent}) {
    auto rsa = rsa_record(256);
    (rsa.*part).clear();
    EXPECT_THAT(public_key_of(rsa, KeyType::rsa).error().detail, HasSubstr("modulus=THEIRNAME"));
  }
}

TEST(PublicKey, of_a_record_without_a_type_is_an_error_that_names_the_setting) {
  auto record = ec_record();
  record.key_type.clear();
  const auto type = type_of(record);
  ASSERT_FALSE(type);
  EXPECT_EQ(type.error().reason, Reason::reply_field_missing);
  EXPECT_THAT(type.error().detail, AllOf(HasSubstr("no key type"), HasSubstr("key_type=THEIRNAME")));
}

TEST(PublicKey, of_rsa_has_from_2048_to_4096_bits_and_an_odd_exponent) {
  ASSERT_TRUE(public_key_of(rsa_record(256), KeyType::rsa));
  ASSERT_TRUE(public_key_of(rsa_record(512), KeyType::rsa));
  expect_refused(rsa_record(128), KeyType::rsa);
  expect_refused(rsa_record(1024), KeyType::rsa);
  auto record = rsa_record(256);
  record.exponent = {2};
  expect_refused(record, KeyType::rsa);
}

TEST(PublicKey, of_a_type_or_size_that_is_not_served_is_told) {
  auto record = ec_record();
  for (const auto& [type, bits] : {std::pair{"SYM", 256U}, {"NIST", 255U}, {"BRAINPOOL", 521U}}) {
    record.key_type = type;
    record.key_bits = bits;
    ASSERT_FALSE(type_of(record)) << type << bits;
    EXPECT_EQ(type_of(record).error().reason, Reason::unsupported_key);
  }
}

}  // namespace
}  // namespace sesam::keymgmt
