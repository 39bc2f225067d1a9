// SPDX-License-Identifier: Apache-2.0
#include "n200/key_uri.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sesam::n200 {
namespace {

KeyRecord record(std::string key_id, std::string name) {
  KeyRecord made;
  made.key_id = std::move(key_id);
  made.nice_name = std::move(name);
  return made;
}

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";

TEST(UriOfKey, has_its_names) {
  const KeyRecord key = record(kKeyId, "JP.example");
  EXPECT_EQ(uri_of(key, UriScheme::sesam), "sesam:key-id=" + std::string(kKeyId) + ";object=JP.example");
  EXPECT_EQ(uri_of(key, UriScheme::pkcs11), "pkcs11:token=hsm010123F13C56131E1EEE00000025;object=JP.example");
  EXPECT_EQ(uri_of(record(kKeyId, ""), UriScheme::sesam), "sesam:key-id=" + std::string(kKeyId));
}

TEST(UriOfKey, keeps_core_and_pin_source_but_no_pin) {
  const auto found_by = KeyUri::parse("sesam:web;core=2;pin-value=1234?pin-source=file:/a%20b");
  ASSERT_TRUE(found_by);
  EXPECT_EQ(uri_of(record("hsm25", "web"), UriScheme::sesam, *found_by),
            "sesam:key-id=hsm25;object=web;core=2?pin-source=file:%2Fa%20b");
}

// The names of the key and its token come from the device.
TEST(UriOfKey, has_no_attribute_that_a_name_smuggles_in) {
  const std::string name = "x;pin-value=1?pin-source=/etc/shadow&core=2%00#\n\x1b \xC3\xBC\xE2\x80\xAE\xFF";
  KeyRecord key = record(name, name);
  key.token = name;
  for (const auto scheme : {UriScheme::sesam, UriScheme::pkcs11}) {
    const std::string uri = uri_of(key, scheme);
    EXPECT_EQ(uri.find_first_of("?&# \n\x1b\xC3\xE2\xFF"), uri.npos) << uri;
    EXPECT_EQ(std::count(uri.begin(), uri.end(), ';'), 1) << uri;
    EXPECT_EQ(std::count(uri.begin(), uri.end(), '='), 2) << uri;
  }
  key.key_id = kKeyId;
  const auto parsed = KeyUri::parse(uri_of(key, UriScheme::sesam));
  EXPECT_FALSE(parsed);  // a name that contains "pin-source=" is rejected
  key.nice_name = "a;core=2?b&c#d%";
  const auto odd = KeyUri::parse(uri_of(key, UriScheme::sesam));
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->object, key.nice_name);
  EXPECT_FALSE(odd->core);
}

}  // namespace
}  // namespace sesam::n200
