// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <gtest/gtest.h>

namespace sesam {
namespace {

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// RFC 4648, section 10.
TEST(Base64, has_the_known_test_vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(bytes_of(plain)), encoded);
    Secret secret;
    append_base64(secret, bytes_of(plain));
    EXPECT_EQ(secret.reveal(), encoded);
    EXPECT_EQ(from_base64(encoded), Bytes(bytes_of(plain).begin(), bytes_of(plain).end()));
  }
}

TEST(Base64, refuses_what_is_not_whole) {
  for (const char* text : {"A", "AQ", "AQI", "AQ=", "A===", "====", "A=BC", "AQI=x", "AQ!="})
    EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace sesam
