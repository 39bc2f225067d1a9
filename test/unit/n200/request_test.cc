// SPDX-License-Identifier: Apache-2.0
#include "n200/request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sesam::n200 {
namespace {

WireRow row_of(std::string_view text) {
  auto row = WireRow::parse(text);
  EXPECT_TRUE(row) << text;
  return std::move(*row);
}

const std::vector<unsigned char> kDigest = {0xFB, 0xEF, 0xBE, 0x01};
const std::vector<unsigned char> kText = {'h', 'e', 'l', 'l', 'o', ' ', 0xC3, 0xA4};

TEST(Request, of_a_signature_looks_as_n200_md_assumes) {
  Values values;
  values.set(Placeholder::core, "1")
      .set(Placeholder::key_id, "hsm01")
      .set(Placeholder::pin, "1234")
      .set_digest(kDigest);
  const auto request = render(WireTable().row(Operation::ec_sign), values);
  EXPECT_EQ(request.path.reveal(), "/n200/web/postv1");
  EXPECT_EQ(request.body.reveal(), "command=eccsign&core=1&key=hsm01&pin=1234&hash=FBEFBE01");
}

TEST(Request, of_a_look_up_looks_as_observed) {
  Values values;
  values.set(Placeholder::name, "k01");
  const auto request = render(WireTable().row(Operation::find_key), values);
  EXPECT_EQ(request.path.reveal(), "/n200/getkeyattributes/k01/");
  EXPECT_TRUE(request.body.empty());
}

TEST(Request, of_an_import_and_of_random_numbers_look_as_observed) {
  Values values;
  values.set(Placeholder::core, "1")
      .set(Placeholder::type, "NIST")
      .set(Placeholder::acl, "FFFF")
      .set(Placeholder::name, "old");
  values.set(Placeholder::byte_count, "5").set_private_key(kDigest);
  EXPECT_EQ(render(WireTable().row(Operation::ec_import), values).body.reveal(),
            "command=importecckey&core=1&curve=NIST&acl=FFFF&nice_name=old&key_to_import=FBEFBE01");
  EXPECT_EQ(render(WireTable().row(Operation::random), values).path.reveal(), "/n200/getrandom/5/");
}

TEST(Request, of_a_deletion_and_of_encryption_look_as_assumed) {
  Values values;
  values.set(Placeholder::core, "2").set(Placeholder::key_id, "hsm01").set(Placeholder::pin, "1234");
  EXPECT_EQ(render(WireTable().row(Operation::remove), values).body.reveal(),
            "command=deletekey&core=2&key=hsm01&pin=1234");
  values.set_data(kText);
  EXPECT_EQ(render(WireTable().row(Operation::encrypt), values).body.reveal(),
            "command=encrypt&core=2&key=hsm01&pin=1234&mode=CBC&text=hello%20%C3%A4");
  EXPECT_EQ(render(WireTable().row(Operation::decrypt), values).body.reveal(),
            "command=decrypt&core=2&key=hsm01&pin=1234&mode=CBC&text=68656C6C6F20C3A4");
}

TEST(Request, of_encryption_can_be_the_observed_one) {
  Values values;
  values.set(Placeholder::name, "k01").set(Placeholder::pin, "12345678").set_data(kText);
  EXPECT_EQ(render(row_of("GET /n200/encrypt/{name}/{pin}/CBC/{data:text}/ -> result"), values).path.reveal(),
            "/n200/encrypt/k01/12345678/CBC/hello%20%C3%A4/");
}

TEST(Request, writes_a_private_key_in_any_encoding) {
  Values values;
  values.set_private_key(kDigest);
  EXPECT_EQ(render(row_of("POST a={private_key:hexlower} b={private_key:base64} c={digest} -> x"), values)
                .body.reveal(),
            "a=fbefbe01&b=%2B%2B%2B%2BAQ%3D%3D");
}

TEST(Request, leaves_out_a_field_without_a_value) {
  Values values;
  values.set(Placeholder::core, "1").set(Placeholder::key_id, "hsm01").set_digest(kDigest);
  EXPECT_EQ(render(WireTable().row(Operation::ec_sign), values).body.reveal(),
            "command=eccsign&core=1&key=hsm01&hash=FBEFBE01");
  EXPECT_EQ(render(row_of("POST a={pin} b={digest} c={token} -> x"), {}).body.reveal(), "");
}

TEST(Request, keeps_a_field_that_is_all_literal) {
  EXPECT_EQ(render(row_of("POST a= b=1 -> x"), {}).body.reveal(), "a=&b=1");
}

TEST(Request, leaves_out_a_field_of_which_one_part_is_missing) {
  Values values;
  values.set(Placeholder::core, "2");
  EXPECT_EQ(render(row_of("POST a={core}-{pin} b={core} -> x"), values).body.reveal(), "b=2");
}

TEST(Request, escapes_every_byte_that_means_something_in_a_form_or_path) {
  Values values;
  values.set(Placeholder::name, "a/b?c&d=e+f g%h\xC3\xA4;#").set(Placeholder::pin, "p&q=r");
  const auto request = render(row_of("POST /x/{name}/ pin={pin} -> x"), values);
  EXPECT_EQ(request.path.reveal(), "/x/a%2Fb%3Fc%26d%3De%2Bf%20g%25h%C3%A4%3B%23/");
  EXPECT_EQ(request.body.reveal(), "pin=p%26q%3Dr");
}

TEST(Request, leaves_unreserved_characters_alone) {
  Values values;
  values.set(Placeholder::name, "AZaz09-._~");
  EXPECT_EQ(render(row_of("GET /{name}/ -> x"), values).path.reveal(), "/AZaz09-._~/");
}

// "/n200/getkeyattributes/../" would be another command to a server that normalises paths.
TEST(Request, does_not_let_a_name_climb_out_of_its_path_segment) {
  Values values;
  values.set(Placeholder::name, "../factoryreset");
  EXPECT_EQ(render(WireTable().row(Operation::find_key), values).path.reveal(),
            "/n200/getkeyattributes/..%2Ffactoryreset/");
}

TEST(Request, writes_the_digest_as_the_row_says) {
  Values values;
  values.set_digest(kDigest);
  EXPECT_EQ(render(row_of("POST a={digest:hexlower} -> x"), values).body.reveal(), "a=fbefbe01");
  EXPECT_EQ(render(row_of("POST a={digest:base64} -> x"), values).body.reveal(), "a=%2B%2B%2B%2BAQ%3D%3D");
  EXPECT_EQ(render(row_of("POST a=0x{digest} -> x"), values).body.reveal(), "a=0xFBEFBE01");
}

}  // namespace
}  // namespace sesam::n200
