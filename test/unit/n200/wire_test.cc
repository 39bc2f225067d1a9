// SPDX-License-Identifier: Apache-2.0
#include "n200/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string& record_name(WireRow& row, RecordField field) {
  return row.record_names[static_cast<std::size_t>(field)];
}

std::string refusal(std::string_view text) {
  const auto row = WireRow::parse(text);
  EXPECT_FALSE(row) << text;
  if (row) return {};
  EXPECT_EQ(row.error().reason, Reason::bad_configuration) << text;
  return row.error().detail;
}

TEST(WireDefaults, parse_and_stand_in_the_order_of_their_operations) {
  std::size_t position = 0;
  for (const auto& row : wire_defaults()) {
    EXPECT_EQ(static_cast<std::size_t>(row.operation), position++);
    EXPECT_TRUE(WireRow::parse(row.row)) << row.key;
    EXPECT_TRUE(row.key.starts_with("wire_")) << row.key;
    EXPECT_TRUE(row.standing == "observed" || row.standing == "assumed") << row.key;
    EXPECT_EQ(WireTable().row(row.operation), *WireRow::parse(row.row));
  }
}

TEST(WireRow, of_a_signature_says_what_n200_md_assumes) {
  const WireRow row = WireTable().row(Operation::ec_sign);
  EXPECT_EQ(row.method, transport::Method::post);
  ASSERT_EQ(row.path.size(), 1U);
  EXPECT_EQ(row.path[0].literal, "/n200/web/postv1");
  ASSERT_EQ(row.fields.size(), 5U);
  EXPECT_EQ(row.fields[0].value[0].literal, "eccsign");
  EXPECT_EQ(row.fields[2].name, "key");
  EXPECT_EQ(row.fields[2].value[0].placeholder, Placeholder::key_id);
  EXPECT_THAT(row.reply_path, ElementsAre("result"));
  EXPECT_EQ(row.form, SignatureForm::p1363);
  EXPECT_EQ(row.encoding, Encoding::hex);
}

TEST(WireRow, takes_paths_encodings_forms_and_renamed_fields) {
  auto row = WireRow::parse(
      "POST /v2/{core}/sign key={token}  d=pre-{digest:base64}-post\t-> data.sig:der:base64 nice_name=label "
      "key_len=bits");
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->path.size(), 3U);
  EXPECT_EQ(row->fields.size(), 2U);
  EXPECT_EQ(row->fields[1].value.size(), 3U);
  EXPECT_EQ(row->fields[1].value[1].encoding, Encoding::base64);
  EXPECT_THAT(row->reply_path, ElementsAre("data", "sig"));
  EXPECT_EQ(row->form, SignatureForm::der);
  EXPECT_EQ(row->encoding, Encoding::base64);
  EXPECT_EQ(record_name(*row, RecordField::nice_name), "label");
  EXPECT_EQ(record_name(*row, RecordField::key_len), "bits");
  EXPECT_EQ(record_name(*row, RecordField::token), "token_name");
}

TEST(WireRow, takes_what_is_encrypted_as_text) {
  const WireRow encrypt = WireTable().row(Operation::encrypt);
  EXPECT_EQ(encrypt.fields.back().value[0].placeholder, Placeholder::data);
  EXPECT_EQ(encrypt.fields.back().value[0].encoding, Encoding::text);
  EXPECT_EQ(encrypt.encoding, Encoding::hex);
  EXPECT_EQ(WireTable().row(Operation::decrypt).encoding, Encoding::text);
}

TEST(WireRow, of_a_post_without_a_path_goes_to_the_observed_one) {
  EXPECT_EQ(WireRow::parse("POST a=b -> c")->path[0].literal, "/n200/web/postv1");
}

TEST(WireRow, refuses_another_method) {
  EXPECT_THAT(refusal("PUT a=b -> c"), AllOf(HasSubstr("neither POST nor GET"), HasSubstr("'PUT'")));
  refusal("post a=b -> c");
  refusal("");
}

TEST(WireRow, refuses_what_is_no_field) {
  EXPECT_THAT(refusal("POST command -> c"), HasSubstr("'command'"));
  EXPECT_THAT(refusal("POST =x -> c"), HasSubstr("field=value"));
}

TEST(WireRow, refuses_an_unknown_placeholder_and_names_the_known) {
  EXPECT_THAT(refusal("POST a={key} -> c"),
              AllOf(HasSubstr("'key'"), HasSubstr("key_id"), HasSubstr("digest")));
  EXPECT_THAT(refusal("POST a={} -> c"), HasSubstr("''"));
}

TEST(WireRow, refuses_an_unknown_encoding_and_names_the_known) {
  EXPECT_THAT(refusal("POST a={digest:octal} -> c"), AllOf(HasSubstr("'octal'"), HasSubstr("hexlower")));
  EXPECT_THAT(refusal("POST a={digest} -> c:p1363:octal"), HasSubstr("'octal'"));
}

TEST(WireRow, refuses_an_unknown_form) {
  EXPECT_THAT(refusal("POST a=b -> c:pem"), AllOf(HasSubstr("'pem'"), HasSubstr("der, raw")));
}

TEST(WireRow, refuses_an_open_brace) { EXPECT_THAT(refusal("POST a={core -> c"), HasSubstr("no '}'")); }

TEST(WireRow, refuses_to_have_no_reply) {
  EXPECT_THAT(refusal("POST a=b"), HasSubstr("'->'"));
  EXPECT_THAT(refusal("POST a=b ->"), HasSubstr("no field"));
  EXPECT_THAT(refusal("POST a=b -> :p1363"), HasSubstr("no field"));
}

TEST(WireRow, refuses_an_unknown_record_field_and_names_the_known) {
  EXPECT_THAT(refusal("GET /a/{name}/ -> result label=x"),
              AllOf(HasSubstr("'label'"), HasSubstr("nice_name")));
  refusal("GET /a/{name}/ -> result nice_name");
  refusal("GET /a/{name}/ -> result nice_name=");
}

TEST(WireRow, of_a_get_needs_a_path_and_no_fields) {
  refusal("GET -> result");
  refusal("GET /a/ b=c -> result");
}

TEST(WireTable, takes_a_bare_word_as_the_commands_name) {
  WireTable table;
  ASSERT_TRUE(table.set(Operation::ec_sign, "ecdsasign"));
  EXPECT_EQ(table.row(Operation::ec_sign).fields[0].value[0].literal, "ecdsasign");
  EXPECT_EQ(table.row(Operation::ec_sign).fields.size(), 5U);
  ASSERT_TRUE(table.set(Operation::find_key, "keyinfo"));
  EXPECT_EQ(table.row(Operation::find_key).path[0].literal, "/n200/keyinfo/");
  EXPECT_EQ(table.row(Operation::find_key).path[1].placeholder, Placeholder::name);
}

TEST(WireTable, takes_a_whole_row_and_leaves_the_others) {
  WireTable table;
  ASSERT_TRUE(table.set(Operation::ec_sign, "POST /x a={digest:hexlower} -> b"));
  EXPECT_EQ(table.row(Operation::ec_sign), *WireRow::parse("POST /x a={digest:hexlower} -> b"));
  EXPECT_EQ(table.row(Operation::list_keys), WireTable().row(Operation::list_keys));
  EXPECT_NE(table, WireTable());
}

TEST(WireTable, refuses_a_bad_row_and_keeps_the_old) {
  WireTable table;
  EXPECT_FALSE(table.set(Operation::ec_sign, "POST a="));
  EXPECT_FALSE(table.set(Operation::ec_sign, ""));
  EXPECT_EQ(table, WireTable());
}

}  // namespace
}  // namespace sesam::n200
