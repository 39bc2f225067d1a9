// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/libcrypto.h"

#include <gtest/gtest.h>

namespace sesam::transport::curl {
namespace {

TEST(SameLibcrypto, holds_for_equal_major_versions) {
  EXPECT_TRUE(same_libcrypto("OpenSSL/3.0.19", 3));
  EXPECT_TRUE(same_libcrypto("OpenSSL/3.5.9", 3));
  EXPECT_TRUE(same_libcrypto("OpenSSL/4.0.3", 4));
}

TEST(SameLibcrypto, fails_for_different_major_versions) {
  EXPECT_FALSE(same_libcrypto("OpenSSL/3.0.19", 4));
  EXPECT_FALSE(same_libcrypto("OpenSSL/1.1.1w", 3));
  EXPECT_FALSE(same_libcrypto("OpenSSL/30.1", 3));
  EXPECT_FALSE(same_libcrypto("OpenSSL/", 3));
}

TEST(SameLibcrypto, looks_at_the_library_in_use_where_there_are_several) {
  EXPECT_TRUE(same_libcrypto("(GnuTLS/3.7.9) OpenSSL/3.0.19", 3));
  EXPECT_FALSE(same_libcrypto("(GnuTLS/3.7.9) OpenSSL/4.0.1", 3));
  EXPECT_TRUE(same_libcrypto("GnuTLS/3.7.9 (OpenSSL/1.1.1)", 3));
}

TEST(SameLibcrypto, needs_none_for_other_tls_libraries) {
  EXPECT_TRUE(same_libcrypto("GnuTLS/3.7.9", 3));
  EXPECT_TRUE(same_libcrypto("", 3));
}

TEST(SameLibcrypto, refuses_forks_that_have_no_library_contexts) {
  EXPECT_FALSE(same_libcrypto("LibreSSL/3.8.2", 3));
  EXPECT_FALSE(same_libcrypto("BoringSSL", 3));
}

TEST(SameLibcrypto, holds_for_the_libcurl_of_this_build) { EXPECT_EQ(why_wrong_libcrypto(), ""); }

}  // namespace
}  // namespace sesam::transport::curl
