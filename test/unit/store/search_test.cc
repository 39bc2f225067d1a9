// SPDX-License-Identifier: Apache-2.0
#include "store/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

namespace sesam::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

unsigned char some_bytes[] = {1, 2, 3};
char text[] = "web";

Result<void> set(Search& search, OSSL_PARAM criterion) {
  const OSSL_PARAM params[] = {criterion, OSSL_PARAM_END};
  return search.set_params(params);
}

OSSL_PARAM octets(const char* name, std::size_t length = sizeof some_bytes) {
  return OSSL_PARAM_construct_octet_string(name, some_bytes, length);
}

TEST(Search, takes_subject_and_alias) {
  Search search;
  EXPECT_TRUE(search.set_params(nullptr));
  EXPECT_TRUE(set(search, octets(OSSL_STORE_PARAM_SUBJECT)));
  EXPECT_TRUE(set(search, OSSL_PARAM_construct_utf8_string(OSSL_STORE_PARAM_ALIAS, text, 0)));
  EXPECT_THAT(search.subject, ElementsAre(1, 2, 3));
  EXPECT_EQ(search.alias, "web");
  EXPECT_TRUE(set(search, OSSL_PARAM_construct_utf8_string(OSSL_STORE_PARAM_ALIAS, text, 2)));
  EXPECT_EQ(search.alias, "we") << "the length counts where it is given";
}

TEST(Search, refuses_empty_criteria_and_those_of_another_type) {
  Search search;
  char nothing[] = "";
  for (const OSSL_PARAM& wrong : {octets(OSSL_STORE_PARAM_SUBJECT, 0), octets(OSSL_STORE_PARAM_ALIAS),
                                  OSSL_PARAM_construct_utf8_string(OSSL_STORE_PARAM_SUBJECT, text, 0),
                                  OSSL_PARAM_construct_utf8_string(OSSL_STORE_PARAM_ALIAS, nothing, 0)}) {
    const auto done = set(search, wrong);
    ASSERT_FALSE(done) << wrong.key;
    EXPECT_EQ(done.error().reason, Reason::bad_argument);
  }
  EXPECT_THAT(search.subject, IsEmpty());
  EXPECT_EQ(search.alias, "");
}

TEST(Search, refuses_other_criteria_by_name_and_says_which_are_offered) {
  for (const char* name : {OSSL_STORE_PARAM_ISSUER, OSSL_STORE_PARAM_SERIAL, OSSL_STORE_PARAM_DIGEST,
                           OSSL_STORE_PARAM_FINGERPRINT}) {
    Search search;
    const auto done = set(search, octets(name));
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().detail, HasSubstr("searching by " + std::string(name) + " is not offered"));
    EXPECT_THAT(done.error().detail, HasSubstr("subject"));
  }
}

}  // namespace
}  // namespace sesam::store
