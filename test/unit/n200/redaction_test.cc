// SPDX-License-Identifier: Apache-2.0
#include "n200/redaction.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sesam::n200 {
namespace {

constexpr std::string_view kPassword = "Pass&wort 0815<\u00fc>";

std::string without(std::string_view text, std::vector<std::string_view> secrets) {
  return redact(text, secrets);
}

TEST(Redaction, leaves_a_text_without_secrets_as_it_is) {
  const std::string text = "error 17: key 'web' (hsm01) is locked, 100%25 \\u0041 &amp; +x== \xff";
  EXPECT_EQ(without(text, {kPassword, "", "4711"}), text);
  EXPECT_EQ(without("", {"4711"}), "");
}

TEST(Redaction, takes_out_every_secret_wherever_it_stands) {
  EXPECT_EQ(without("4711 of u:s3cret, 4711", {"4711", "s3cret"}), "<secret> of u:<secret>, <secret>");
  EXPECT_EQ(without("PASSWORT", {"passwort"}), "<secret>");
  EXPECT_EQ(without("47110815", {"4711", "47110815", "0815"}), "<secret>");
  EXPECT_EQ(without("my secret", {"secret"}), "my <secret>");
}

TEST(Redaction, knows_the_forms_in_which_requests_and_replies_are_written) {
  for (const char* form : {
           "Pass%26wort%200815%3C%C3%BC%3E",                                // percent-encoded
           "Pass%26wort%200815%3c%c3%bc%3e",                                // with lower-case digits
           "Pass%26wort+0815%3C%C3%BC%3E",                                  // form encoding
           "%50ass%2526wort%25200815%253C%25C3%25BC%253E",                  // percent-encoded twice
           "Pass&amp;wort 0815&lt;\u00fc&gt;",                              // HTML
           "Pass&#38;wort&#x20;0815&lt;&#252;&gt;",                         // HTML, numeric
           "Pass\\u0026wort 0815\\u003C\\u00fc\\u003e",                     // JSON
           "Pass\\\\u0026wort 0815<\\\\u00FC>",                             // JSON in JSON
           "Pass&wort 0815<\\303\\274>", "Pass\\x26wort 0815<\\xc3\\xbc>",  // C
           "5061737326776f727420303831353cc3bc3e",                          // hexadecimal
           "5061737326776F727420303831353CC3BC3E",                          //
           "50 61 73 73 26 77 6f 72 74 20 30 38 31 35 3c c3 bc 3e",         // with separators
           "50:61:73:73:26:77:6f:72:74:20:30:38:31:35:3c:c3:bc:3e",         //
           "UGFzcyZ3b3J0IDA4MTU8w7w+", "UGFzcyZ3b3J0IDA4MTU8w7w-",          // base64
           "UGFzcyZ3b3J0IDA4MTU8w7w%2B",                                    // and percent-encoded
       })
    EXPECT_EQ(without("[" + std::string(form) + "]", {kPassword}), "[<secret>]") << form;
}

TEST(Redaction, finds_a_secret_amidst_base64_and_digits) {
  // user:4711-0815, with the secret at each of the three offsets in base64
  EXPECT_EQ(without("Basic dTo0NzExLTA4MTU=", {"4711-0815"}).find("NzExLTA4MT"), std::string::npos);
  EXPECT_EQ(without("Basic dXM6NDcxMS0wODE1", {"4711-0815"}).find("DcxMS0wODE1"), std::string::npos);
  EXPECT_EQ(without("Basic dXNlOjQ3MTEtMDgxNQ==", {"4711-0815"}).find("Q3MTEtMDgxN"), std::string::npos);
  EXPECT_EQ(without("a343731312d30383135b", {"4711-0815"}), "a<secret>b");
}

TEST(Redaction, takes_out_what_is_quoted_of_a_long_secret) {
  const std::string key(64, 'k'), secret = "0123456789abcdef" + key;
  EXPECT_EQ(without("got 0123456789abcdefkkk...", {secret}), "got <secret>...");
}

TEST(Redaction, takes_short_secrets_for_chance_within_digits_and_base64) {
  EXPECT_EQ(without("pin 1", {"1"}), "pin <secret>");
  EXPECT_EQ(without("handle 007a31f7", {"z1"}), "handle 007a31f7");
  EXPECT_EQ(without("[7a31]", {"z1"}), "[<secret>]");
}

TEST(Redaction, accepts_text_that_ends_amidst_an_escape) {
  for (const char* text :
       {"%", "%4", "\\", "\\u", "\\u00", "\\ud83d\\u", "\\x", "&", "&#", "&#x", "&#12", "\\1", "="})
    EXPECT_EQ(without(text, {"4711"}), text);
}

}  // namespace
}  // namespace sesam::n200
