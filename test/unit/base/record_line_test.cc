// SPDX-License-Identifier: Apache-2.0
#include "base/record_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "hung_children.h"

namespace sesam {
namespace {

using namespace std::chrono_literals;

std::string line_of(LineFormat format, std::string_view value) {
  RecordLine line(format);
  line.add("name", value);
  return std::move(line).end();
}

TEST(RecordLine, has_its_fields_in_order) {
  for (const auto& [format, expected] : {std::pair{LineFormat::text, "a=x b=7 took_ms=1.025\n"},
                                         std::pair{LineFormat::json, R"({"a":"x","b":7,"took_ms":1.025})"
                                                                     "\n"}}) {
    RecordLine line(format);
    line.add("a", "x").add("b", std::uint64_t{7}).add("took_ms", 1025us);
    EXPECT_EQ(std::move(line).end(), expected);
  }
}

TEST(RecordLine, leaves_plain_values_as_they_are) {
  EXPECT_EQ(line_of(LineFormat::text, "https://a-b.example:8443/x?y&z"),
            "name=https://a-b.example:8443/x?y&z\n");
}

TEST(RecordLine, quotes_what_would_end_a_value) {
  EXPECT_EQ(line_of(LineFormat::text, ""), "name=\"\"\n");
  EXPECT_EQ(line_of(LineFormat::text, "a b"), "name=\"a b\"\n");
  EXPECT_EQ(line_of(LineFormat::text, "x result=ok"), "name=\"x result=ok\"\n");
  EXPECT_EQ(line_of(LineFormat::text, "a=b"), "name=\"a=b\"\n");
  EXPECT_EQ(line_of(LineFormat::text, "\"\\"), R"(name="\"\\")"
                                               "\n");
  EXPECT_EQ(line_of(LineFormat::text, "Schlüssel"), "name=\"Schlüssel\"\n");
}

TEST(RecordLine, escapes_what_could_forge_a_line_or_steer_a_terminal) {
  for (const auto format : {LineFormat::text, LineFormat::json}) {
    EXPECT_THAT(line_of(format, "a\nb\x1b[31m\x7f"), testing::HasSubstr(R"("a\u000ab\u001b[31m\u007f")"));
    EXPECT_THAT(line_of(format, "\u202e\u2028"), testing::HasSubstr(R"("\u202e\u2028")"));
    EXPECT_THAT(line_of(format, "\U000e0041"), testing::HasSubstr(R"("\udb40\udc41")"));
    EXPECT_THAT(line_of(format, "\xff\xc3"), testing::HasSubstr(R"("\ufffd\ufffd")"));
    EXPECT_THAT(line_of(format, std::string_view("\0", 1)), testing::HasSubstr(R"("\u0000")"));
  }
}

TEST(Timestamp, is_the_time_in_utc) {
  const std::time_t before = std::time(nullptr);
  const std::string text = timestamp();
  tm parts{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  ASSERT_NE(rest, nullptr) << text;
  EXPECT_THAT(rest, testing::MatchesRegex("\\.[0-9]{3}Z"));
  EXPECT_GE(timegm(&parts), before);
  EXPECT_LE(timegm(&parts), std::time(nullptr));
}

// With gmtime_r(3), which locks, a child would hang after a few forks.
TEST(Timestamp, has_no_lock_that_a_child_may_find_locked) {
  EXPECT_EQ(hung_children(
                300, [] { timestamp(); }, [] { timestamp(); }),
            0);
}

}  // namespace
}  // namespace sesam
