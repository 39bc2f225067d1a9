// SPDX-License-Identifier: Apache-2.0
#include "ossl/core_version.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

namespace sesam::ossl {
namespace {

const char* version = nullptr;

int get_params(const OSSL_CORE_HANDLE*, OSSL_PARAM params[]) {
  OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_CORE_VERSION);
  return version == nullptr ? 0 : OSSL_PARAM_set_utf8_ptr(p, version);
}

CoreVersion version_from(const char* text) {
  version = text;
  Core core(nullptr, nullptr);
  core.get_params = &get_params;
  return version_of(core);
}

TEST(CoreVersion, is_the_major_and_minor_number_of_the_cores_version) {
  EXPECT_EQ(version_from("3.0.19"), (CoreVersion{3, 0}));
  EXPECT_EQ(version_from("3.5.9"), (CoreVersion{3, 5}));
  EXPECT_EQ(version_from("4.1.0-dev"), (CoreVersion{4, 1}));
}

TEST(CoreVersion, compares_as_numbers) {
  EXPECT_GT(version_from("3.10.0"), (CoreVersion{3, 4}));
  EXPECT_GT(version_from("4.0.3"), (CoreVersion{3, 4}));
  EXPECT_LT(version_from("3.3.9"), (CoreVersion{3, 4}));
}

TEST(CoreVersion, of_an_unknown_form_is_the_oldest) {
  for (const char* text : {static_cast<const char*>(nullptr), "", "3", "three.four", "3.", ".4"})
    EXPECT_EQ(version_from(text), CoreVersion{}) << (text == nullptr ? "none" : text);
  EXPECT_EQ(version_of(Core(nullptr, nullptr)), CoreVersion{});
}

}  // namespace
}  // namespace sesam::ossl
