// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagined_device.h"

namespace sesam::cli::discover {
namespace {

using testing::HasSubstr;

SearchSettings with_a_pin() {
  SearchSettings settings;
  settings.may_send_pin = true;
  settings.max_unproven_pins = 8;
  return settings;
}

constexpr unsigned kMaxRequests = 400;

struct Case {
  std::string name;
  Dialect dialect;
  std::string row;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  Dialect d;

  d = {};
  d.needed = {"key={key_id}", "hash={digest:hex}"};
  d.pin_field = "pin";
  all.push_back(
      {"as_assumed", d,
       "POST command=eccsign core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex"});

  d = {};
  d.command = "signecdsa";
  d.needed = {"key_to_use={key_id}", "hash_to_sign={digest:hex}"};
  d.pin_field = "pin";
  d.reply = [](const std::string& hex) {
    return R"({"command":"signecdsa","result":{"signature":")" + hex + "\"}}";
  };
  all.push_back({"in_the_style_of_key_to_import", d,
                 "POST command=signecdsa core={core} key_to_use={key_id} pin={pin} hash_to_sign={digest:hex} "
                 "-> result.signature:p1363:hex"});

  d = {};
  d.command = "signhash";
  d.needed = {"nice_name={name}", "digest={digest:base64}"};
  d.pin_field = "pin";
  d.no_such_command = R"({"status":"error","message":"Command 'x' is not supported"})";
  d.bad_value = [](const std::string&) {
    return R"({"status":"error","message":"digest is not valid base64"})";
  };
  all.push_back({"base64_by_name", d,
                 "POST command=signhash core={core} nice_name={name} pin={pin} digest={digest:base64} -> "
                 "result:p1363:hex"});

  d = {};
  d.command = "ecdsasign";
  d.needed = {"slot={token}", "tbs_value={digest:hex}"};
  d.unknown = UnknownFields::refused_by_name;
  d.missing = [](const std::string& name) {
    return R"({"error":{"code":12,"text":"required field )" + name + R"( not given"}})";
  };
  d.status = 400;
  all.push_back({"strict_with_a_name_of_its_own", d,
                 "POST command=ecdsasign core={core} slot={token} pin={pin} tbs_value={digest:hex} -> "
                 "result:p1363:hex"});

  d = {};
  d.command = "sign";
  d.needed = {"keyid={key_id}", "digest={digest:hexlower}"};
  d.unknown = UnknownFields::refused;
  d.no_such_command = R"({"error":"E404"})";
  d.missing = [](const std::string&) { return R"({"error":"E100"})"; };
  d.bad_value = [](const std::string&) { return R"({"error":"E101"})"; };
  all.push_back({"strict_with_codes_for_words", d,
                 "POST command=sign core={core} keyid={key_id} pin={pin} digest={digest:hexlower} -> "
                 "result:p1363:hex"});

  d.command = "ecsign";
  d.pin_field = "pin";
  d.no_pin = R"({"error":"E102"})";
  all.push_back({"strict_with_codes_and_a_pin", d,
                 "POST command=ecsign core={core} keyid={key_id} pin={pin} digest={digest:hexlower} -> "
                 "result:p1363:hex"});

  d = {};
  d.command = "sign_digest";
  d.needed = {"key_id={key_id}", "digest={digest:hex}"};
  d.pin_field = "key_pin";
  d.no_such_command = "<html><head><title>404 Not Found</title></head></html>";
  d.status = 404;
  d.no_pin = R"({"errortext":"parameter key_pin is mandatory"})";
  all.push_back({"another_name_for_the_pin", d,
                 "POST command=sign_digest core={core} key_id={key_id} key_pin={pin} digest={digest:hex} -> "
                 "result:p1363:hex"});

  d = {};
  d.command = "ecckeysign";
  d.needed = {"key={key_id}", "hashalg={hash_name}", "data={digest:hex}"};
  d.pin_field = "pin";
  d.no_such_command = "no such function";
  d.missing = [](const std::string& name) { return R"({"result":"error: )" + name + R"( missing"})"; };
  all.push_back({"wants_the_name_of_the_hash", d,
                 "POST command=ecckeysign core={core} key={key_id} hashalg={hash_name} pin={pin} "
                 "data={digest:hex} -> result:p1363:hex"});

  d = {};
  d.command = "signdata";
  d.needed = {"key={key_id}", "data={digest:hex}"};
  d.pin_field = "pin";
  d.pin_comes_first = true;
  d.no_pin = R"({"msg":"PIN required","code":7})";
  d.reply = [](const std::string& hex) { return R"({"data":{"sig":{"value":")" + hex + "\"}}}"; };
  all.push_back({"asks_for_the_pin_first", d,
                 "POST command=signdata core={core} key={key_id} pin={pin} data={digest:hex} -> "
                 "data.sig.value:p1363:hex"});

  d = {};
  d.command = "signec";
  d.needed = {"hsm_id={key_id}", "mechanism=ECDSA", "input={digest:hex}"};
  d.missing = [](const std::string& name) {
    return R"({"error":"Missing argument ")" + std::string() + "'" + name + "'\"}";
  };
  d.missing = [](const std::string& name) { return R"({"error":"Missing argument ')" + name + "'\"}"; };
  all.push_back({"wants_a_mechanism", d,
                 "POST command=signec core={core} hsm_id={key_id} mechanism=ECDSA pin={pin} "
                 "input={digest:hex} -> result:p1363:hex"});

  d = {};
  d.method = "GET";
  d.command = "sign";
  d.arguments = "{name}/{digest:hex}/";
  d.missing = [](const std::string&) { return R"({"error":"unknown key"})"; };
  all.push_back({"by_get", d, "GET /n200/sign/{name}/{digest:hex}/ -> result:p1363:hex"});

  d = {};
  d.command = "signecc";
  d.needed = {"key={name}", "msg={digest:hex}"};
  d.bad_value = [](const std::string& name) {
    return name == "key" ? R"({"error":"key not found"})" : R"({"error":"bad msg"})";
  };
  d.pin_field = "pin";
  all.push_back(
      {"finds_keys_by_name_alone", d,
       "POST command=signecc core={core} key={name} pin={pin} msg={digest:hex} -> result:p1363:hex"});

  d = {};
  d.command = "eccsign";
  d.needed = {"key={key_id}", "digest={digest:hex}"};
  d.no_such_command = R"({"error":"bad request"})";
  d.missing = [](const std::string&) { return R"({"error":"bad request"})"; };
  all.push_back(
      {"says_the_same_to_everything", d,
       "POST command=eccsign core={core} key={key_id} pin={pin} digest={digest:hex} -> result:p1363:hex"});

  d = {};
  d.command = "ecdsasign";
  d.needed = {"key={key_id}", "digest={digest:hex}"};
  d.pin_field = "pin";
  d.no_such_command = R"({"error":"Unbekannter Befehl"})";
  d.missing = [](const std::string& name) { return R"({"error":"Parameter )" + name + R"( fehlt"})"; };
  d.no_pin = R"({"error":"PIN fehlt"})";
  d.unknown = UnknownFields::refused;
  all.push_back(
      {"in_german", d,
       "POST command=ecdsasign core={core} key={key_id} pin={pin} digest={digest:hex} -> result:p1363:hex"});

  d = {};
  d.command = "sign";
  d.needed = {"key={key_id}", "hash={hash_name}", "data={digest:hex}"};
  d.pin_field = "pin";
  d.bad_value = [](const std::string& name) { return R"({"error":"unsupported )" + name + "\"}"; };
  all.push_back({"calls_the_name_of_the_hash_hash", d,
                 "POST command=sign core={core} key={key_id} pin={pin} hash={hash_name} data={digest:hex} -> "
                 "result:p1363:hex"});

  d = {};
  d.command = "signecdsa";
  d.needed = {"key={key_id}", "hash={digest:hex}"};
  d.pin_field = "pin";
  d.pin_comes_first = true;
  d.no_pin = R"({"error":"access denied"})";
  d.no_such_command = R"({"error":"invalid request"})";
  d.status = 403;
  all.push_back(
      {"denies_access_without_a_pin", d,
       "POST command=signecdsa core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex"});
  return all;
}

class Dialects : public testing::TestWithParam<Case> {};

TEST_P(Dialects, are_found) {
  ImaginedDevice device(GetParam().dialect);
  const Finding finding = search(device, with_a_pin());
  ASSERT_EQ(finding.ending, Ending::found)
      << device.asked.size() << " requests, the last " << device.asked.back();
  EXPECT_EQ(finding.row(), GetParam().row);
  EXPECT_LE(device.asked.size(), kMaxRequests);
  EXPECT_EQ(finding.requests, device.asked.size());
  EXPECT_TRUE(n200::WireRow::parse(finding.row()));
  RecordProperty("requests", static_cast<int>(finding.requests));
}

INSTANTIATE_TEST_SUITE_P(Discover, Dialects, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

Dialect wants_a_pin() {
  Dialect dialect;
  dialect.command = "signecc";
  dialect.needed = {"key={key_id}", "digest={digest:hex}"};
  dialect.pin_field = "pin";
  return dialect;
}

TEST(DiscoverPin, is_sent_once_before_a_signature_proves_it_right) {
  ImaginedDevice device(wants_a_pin());
  search(device, with_a_pin());
  const auto first = std::find_if(device.asked.begin(), device.asked.end(),
                                  [](const auto& row) { return row.find("{pin}") != row.npos; });
  ASSERT_NE(first, device.asked.end());
  EXPECT_THAT(*first, HasSubstr("command=signecc"));
  EXPECT_GT(std::distance(device.asked.begin(), first), 50) << "after all that can be tried without";
}

TEST(DiscoverPin, is_not_sent_after_a_refusal) {
  for (const char* words : {R"({"error":"wrong pin"})", R"({"error":"E23"})", R"({"error":"access denied"})",
                            R"({"error":"key locked"})", R"({"error":"PIN falsch"})", "", "<html>",
                            R"({"error":"invalid parameter"})", R"({"error":"invalid key"})"}) {
    auto dialect = wants_a_pin();
    dialect.pin_is_right = false;
    dialect.wrong_pin = words;
    ImaginedDevice device(dialect);
    const Finding finding = search(device, with_a_pin());
    EXPECT_EQ(finding.ending, Ending::pin_refused) << words;
    EXPECT_EQ(device.pins, 1U) << words;
    EXPECT_EQ(device.pins_after_refusal, 0U) << words;
  }
}

TEST(DiscoverPin, of_an_existing_key_is_sent_once) {
  auto dialect = wants_a_pin();
  dialect.pin_comes_first = true;
  dialect.unknown = UnknownFields::refused_by_name;
  auto settings = with_a_pin();
  ImaginedDevice made(dialect);
  EXPECT_EQ(search(made, settings).ending, Ending::found);
  EXPECT_GT(made.pins, 1U) << "each refusal named another field";
  settings.max_unproven_pins = 1;
  ImaginedDevice named(dialect);
  EXPECT_EQ(search(named, settings).ending, Ending::pin_unproven);
  EXPECT_EQ(named.pins, 1U);
}

TEST(DiscoverPin, is_not_sent_if_that_is_not_permitted) {
  ImaginedDevice device(wants_a_pin());
  const Finding finding = search(device, SearchSettings{});
  EXPECT_EQ(finding.ending, Ending::needs_pin);
  EXPECT_EQ(device.pins, 0U);
  EXPECT_THAT(finding.known_commands, testing::ElementsAre("POST signecc"));
}

TEST(DiscoverPin, is_never_in_a_get) {
  Dialect dialect;
  dialect.method = "GET";
  dialect.command = "sign";
  dialect.missing = [](const std::string&) { return R"({"error":"pin missing"})"; };
  ImaginedDevice device(dialect);
  const Finding finding = search(device, with_a_pin());
  EXPECT_EQ(finding.ending, Ending::not_found);
  for (const auto& row : device.asked)
    EXPECT_FALSE(row.starts_with("GET") && row.find("{pin}") != row.npos) << row;
  ASSERT_EQ(finding.remarks.size(), 1U);
  EXPECT_THAT(finding.remarks.front(), HasSubstr("wants a PIN in its path"));
}

TEST(DiscoverSearch, tries_an_empty_pin_field_only_for_a_key_without_a_pin) {
  Dialect dialect;
  dialect.method = "GET";
  dialect.command = "sign";
  dialect.arguments = "{key_id}//{digest:hex}/";
  ImaginedDevice with(dialect);
  EXPECT_EQ(search(with, with_a_pin()).ending, Ending::not_found);
  ImaginedDevice without(dialect);
  SearchSettings settings;
  settings.key_has_no_pin = true;
  const Finding finding = search(without, settings);
  ASSERT_EQ(finding.ending, Ending::found);
  EXPECT_EQ(finding.row(), "GET /n200/sign/{key_id}/{pin}/{digest:hex}/ -> result:p1363:hex");
}

TEST(DiscoverSearch, stops_at_the_first_401) {
  ImaginedDevice device(wants_a_pin());
  device.fails_with = 401;
  EXPECT_EQ(search(device, with_a_pin()).ending, Ending::unauthorized);
  EXPECT_EQ(device.asked.size(), 1U);
}

TEST(DiscoverSearch, ends_at_the_maximum_number_of_requests) {
  Dialect dialect;
  dialect.no_such_command = R"({"error":"bad request"})";
  dialect.command = "none";
  for (const unsigned most : {1U, 10U, 100U, kMaxRequests}) {
    ImaginedDevice device(dialect);
    auto settings = with_a_pin();
    settings.max_requests = most;
    EXPECT_NE(search(device, settings).ending, Ending::found);
    EXPECT_LE(device.asked.size(), most);
  }
}

TEST(DiscoverSearch, sends_no_request_twice) {
  for (const auto& one : cases()) {
    ImaginedDevice device(one.dialect);
    search(device, with_a_pin());
    auto asked = device.asked;
    std::sort(asked.begin(), asked.end());
    EXPECT_EQ(std::adjacent_find(asked.begin(), asked.end()), asked.end()) << one.name;
  }
}

TEST(DiscoverSearch, sends_only_names_of_the_printed_list) {
  for (const auto& one : cases()) {
    ImaginedDevice device(one.dialect);
    search(device, with_a_pin());
    for (const auto& row : device.asked) {
      const auto start =
          row.starts_with("POST") ? std::string("POST command=").size() : std::string("GET /n200/").size();
      const auto command = row.substr(start, row.find_first_of(" /", start) - start);
      const auto names = command_names(KeyType::ec);
      EXPECT_TRUE(command == kControlName || std::find(names.begin(), names.end(), command) != names.end())
          << row;
    }
  }
}

TEST(DiscoverSearch, names_a_command_that_hashes) {
  class Hashing : public ImaginedDevice {
   public:
    using ImaginedDevice::ImaginedDevice;
    Match verify(Trial, std::span<const unsigned char>) override { return Match::hash_of_digest; }
  };
  Hashing device(wants_a_pin());
  const Finding finding = search(device, with_a_pin());
  EXPECT_EQ(finding.ending, Ending::not_found);
  ASSERT_FALSE(finding.remarks.empty());
  EXPECT_THAT(finding.remarks.front(), HasSubstr("POST signecc hashes what it is sent"));
}

Dialect rsa(std::vector<std::string> needed) {
  Dialect dialect;
  dialect.command = "signrsa";
  dialect.needed = std::move(needed);
  dialect.pin_field = "pin";
  dialect.bytes = 256;
  return dialect;
}

SearchSettings rsa_settings() {
  auto settings = with_a_pin();
  settings.kind = KeyType::rsa;
  settings.signature_bytes = 256;
  return settings;
}

TEST(DiscoverRsa, finds_padding_and_hash_by_their_names) {
  ImaginedDevice device(rsa({"key_id={key_id}", "pad={padding}", "hash_type={hash_name}",
                             "salt_len={salt_bytes}", "digest={digest:hex}"}));
  const Finding finding = search(device, rsa_settings());
  ASSERT_EQ(finding.ending, Ending::found);
  EXPECT_EQ(finding.row(),
            "POST command=signrsa core={core} key_id={key_id} pad={padding} hash_type={hash_name} "
            "salt_len={salt_bytes} pin={pin} digest={digest:hex} -> result:raw:hex");
  EXPECT_TRUE(finding.signs_other_digest && finding.signs_pss);
  EXPECT_LE(finding.requests, kMaxRequests);
}

TEST(DiscoverRsa, tries_other_spellings) {
  ImaginedDevice device(rsa({"key={key_id}", "padding=pkcs1v15", "hashalg=sha256", "hash={digest:hex}"}));
  const Finding finding = search(device, rsa_settings());
  ASSERT_EQ(finding.ending, Ending::found);
  EXPECT_EQ(finding.row(),
            "POST command=signrsa core={core} key={key_id} padding=pkcs1v15 hashalg=sha256 pin={pin} "
            "hash={digest:hex} -> result:raw:hex");
}

}  // namespace
}  // namespace sesam::cli::discover
