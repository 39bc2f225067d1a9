// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_reply.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace sesam::cli::discover {
namespace {

const Bytes kSignature(64, 0x41);
constexpr char kHex[] =
    "41414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141"
    "414141414141414141414141";
constexpr char kBase64[] =
    "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";
constexpr char kDer[] =
    "30440220414141414141414141414141414141414141414141414141414141414141414102204141414141414141414141414141"
    "4141414141414141414141414141"
    "41414141";

Match verify(std::span<const unsigned char> bytes) {
  return std::equal(bytes.begin(), bytes.end(), kSignature.begin(), kSignature.end()) ? Match::digest
                                                                                      : Match::none;
}

std::optional<FoundSignature> find(const std::string& body,
                                   n200::SignatureForm plain = n200::SignatureForm::p1363) {
  return find_signature(body, plain, kSignature.size(), verify);
}

std::string quoted(const char* text) { return std::string("\"") + text + "\""; }

TEST(DiscoverReply, may_have_the_signature_anywhere) {
  const struct {
    std::string body, row;
  } cases[] = {
      {R"({"result":)" + quoted(kHex) + "}", "result:p1363:hex"},
      {R"({"command":"x","core":1,"result":{"signature":)" + quoted(kHex) + "}}",
       "result.signature:p1363:hex"},
      {R"({"data":{"a":"00","sig":)" + quoted(kBase64) + "}}", "data.sig:p1363:base64"},
      {R"({"result":)" + quoted(kDer) + "}", "result:der:hex"},
      {R"({"hash":"4141","signature":)" + quoted(kHex) + "}", "signature:p1363:hex"},
  };
  for (const auto& [body, row] : cases) {
    const auto found = find(body);
    ASSERT_TRUE(found) << body;
    EXPECT_EQ(found->match, Match::digest);
    EXPECT_TRUE(found->can_be_written) << body;
    EXPECT_EQ(found->row(), row);
  }
  EXPECT_EQ(find(R"({"result":)" + quoted(kHex) + "}", n200::SignatureForm::raw)->row(), "result:raw:hex");
}

TEST(DiscoverReply, offers_a_signature_that_verifies_before_one_that_does_not) {
  const std::string other(128, '0');
  const auto found = find(R"({"a":")" + other + R"(","b":)" + quoted(kHex) + "}");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->row(), "b:p1363:hex");
  EXPECT_EQ(find(R"({"a":")" + other + "\"}")->match, Match::none);
}

TEST(DiscoverReply, marks_what_no_wire_row_can_express) {
  const std::string r(64, '4'), half =
                                    "41414141414141414141414141414141414141414141414141414141414141"
                                    "41";
  for (const std::string& body :
       {R"({"result":[)" + quoted(kHex) + "]}", R"({"a.b":)" + quoted(kHex) + "}", std::string(kHex),
        "[" + quoted(kHex) + "]", R"({"result":{"r":")" + half + R"(","s":")" + half + "\"}}"}) {
    const auto found = find(body);
    ASSERT_TRUE(found) << body;
    EXPECT_EQ(found->match, Match::digest) << body;
    EXPECT_FALSE(found->can_be_written) << body;
  }
}

TEST(DiscoverReply, may_have_no_signature) {
  for (const char* body : {"", "{}", "null", "[]", "{\"result\":\"wrong pin\"}",
                           "{\"result\":", "<html></html>", "{\"result\":{\"r\":1,\"s\":2}}", "\"\""})
    EXPECT_FALSE(find(body)) << body;
  EXPECT_FALSE(find(std::string(60000, '[')));
}

}  // namespace
}  // namespace sesam::cli::discover
