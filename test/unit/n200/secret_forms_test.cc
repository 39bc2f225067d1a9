// SPDX-License-Identifier: Apache-2.0
#include "n200/secret_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sesam::n200 {
namespace {

std::vector<std::string> texts_of(std::string_view secret) {
  std::vector<std::string> texts;
  for (const auto& form : forms_of(secret)) texts.emplace_back(form.reveal());
  return texts;
}

TEST(SecretForms, are_those_of_a_request) {
  EXPECT_THAT(texts_of("a/?>"),
              testing::UnorderedElementsAre("a/?>", "a%2F%3F%3E", "612F3F3E", "YS8/Pg", "YS8%2FPg"));
}

TEST(SecretForms, of_nothing_are_none) { EXPECT_THAT(texts_of(""), testing::IsEmpty()); }

}  // namespace
}  // namespace sesam::n200
