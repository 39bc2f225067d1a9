// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <gtest/gtest.h>

#include <clocale>

namespace sesam::cli {
namespace {

TEST(Printable, escapes_terminal_control_characters) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(printable("web\x1b[2J\n\x7f"), "web\\x1b[2J\\n\\x7f");
  EXPECT_EQ(printable("schl\xC3\xBCssel \xC2\xA7"), "schl\xC3\xBCssel \xC2\xA7");
  std::setlocale(LC_CTYPE, "C");
  EXPECT_EQ(printable("schl\xC3\xBCssel"), "schl\\u00fcssel");
}

TEST(JsonText, escapes_what_is_not_printable) {
  EXPECT_EQ(text_of(Json{{"name", "\x1b\x7f\u009b\u202e\u2028\U000e0041\xFF schl\u00fcssel"}}),
            "{\n  \"name\": \"\\u001b\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41\uFFFD schl\u00fcssel\"\n}");
}

TEST(Marks, are_ascii_on_a_terminal_without_utf8) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(text_of(Mark::good), "✓");
  std::setlocale(LC_CTYPE, "C");
  EXPECT_EQ(text_of(Mark::good), "ok");
  EXPECT_EQ(text_of(Mark::bad), "FAILED");
}

TEST(Errors, have_reason_detail_and_advice) {
  EXPECT_EQ(text_of(Error{Reason::stopped, {}}), "the provider is shutting down");
  EXPECT_EQ(text_of(Error{Reason::bad_argument, "x"}), "invalid argument: x");
  EXPECT_EQ(text_of(Error{Reason::too_many_requests, "x"}),
            "too many requests: x; raise max_in_flight or deadline_ms");
}

}  // namespace
}  // namespace sesam::cli
