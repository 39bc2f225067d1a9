// SPDX-License-Identifier: Apache-2.0
#include "config/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sesam::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kUrl[] = "https://seSAM-nserie-101";
constexpr char kSecret[] = "correct-horse-battery";

using Texts = std::map<std::string, std::string>;

// The smallest valid configuration, plus `texts`.
Result<Configuration> build(const Texts& texts) {
  Values values;
  for (const auto& [key, text] : texts) values.emplace(key, Secret(text));
  values.try_emplace("url", Secret(kUrl));
  return build_configuration(values);
}

std::string message(const Texts& texts) {
  const auto built = build(texts);
  if (built) return "(no error)";
  EXPECT_EQ(built.error().reason, Reason::bad_configuration);
  return built.error().detail;
}

class Configured : public testing::Test {
 protected:
  Configured()
      : directory_(std::filesystem::path(testing::TempDir()) /
                   ("sesam-configuration-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_);
  }
  ~Configured() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& text) const {
    const auto path = directory_ / "file";
    std::ofstream(path) << text;
    return path.string();
  }
  std::string missing() const { return (directory_ / "missing").string(); }

 private:
  std::filesystem::path directory_;
};

TEST_F(Configured, needs_a_url_and_has_defaults_for_the_rest) {
  const auto built = build({});
  ASSERT_TRUE(built);
  EXPECT_THAT(built->connection.urls, ElementsAre(kUrl));
  EXPECT_EQ(built->device, n200::Options{});
  transport::Options expected;
  expected.urls = {kUrl};
  EXPECT_EQ(built->connection, expected);
  EXPECT_EQ(built->log_level, 0);
  EXPECT_EQ(built->log_output, "stderr");
  EXPECT_TRUE(built->claim_pkcs11);
}

TEST_F(Configured, has_the_defaults_that_the_table_shows) {
  Texts shown;
  for (const auto& row : settings())
    if (!row.default_text.empty()) shown[row.key] = row.default_text;
  const auto by_text = build(shown);
  const auto by_silence = build({});
  ASSERT_TRUE(by_text && by_silence);
  EXPECT_EQ(by_text->connection, by_silence->connection);
  EXPECT_EQ(by_text->device, by_silence->device);
  EXPECT_EQ(by_text->log_level, by_silence->log_level);
  EXPECT_EQ(by_text->log_output, by_silence->log_output);
  EXPECT_EQ(by_text->log_format, by_silence->log_format);
  EXPECT_EQ(by_text->certificates, by_silence->certificates);
  EXPECT_EQ(by_text->claim_pkcs11, by_silence->claim_pkcs11);
}

TEST_F(Configured, requires_a_url) {
  const auto built = build_configuration({});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().reason, Reason::bad_configuration);
  EXPECT_THAT(built.error().detail, AllOf(HasSubstr("url is not set"), HasSubstr("https://")));
}

TEST_F(Configured, names_an_unknown_setting) {
  EXPECT_THAT(message({{"pasword", kSecret}}), AllOf(HasSubstr("'pasword'"), Not(HasSubstr(kSecret))));
}

TEST_F(Configured, trims_urls_to_their_base) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"https://a", {"https://a"}},
      {"https://a/", {"https://a"}},
      {"https://192.0.2.7:8443", {"https://192.0.2.7:8443"}},
      {"https://[2001:db8::7]:8443", {"https://[2001:db8::7]:8443"}},
      {"https://a/n200/web/postv1", {"https://a"}},  // as in the vendor's file
      {"https://a https://b", {"https://a", "https://b"}},
      {"  https://a   https://b/ ", {"https://a", "https://b"}},
  };
  for (const auto& [text, urls] : cases) {
    const auto built = build({{"url", text}});
    ASSERT_TRUE(built) << text << ": " << built.error().detail;
    EXPECT_EQ(built->connection.urls, urls) << text;
  }
}

TEST_F(Configured, refuses_other_urls) {
  for (const char* text : {"http://a", "a", "https://", "https:///", "https://a/path", "https://a?b",
                           "https://a#b", "ftp://a", "https://a http://b"})
    EXPECT_THAT(message({{"url", text}}),
                AllOf(HasSubstr(std::string("url = ") + text), HasSubstr("allowed values: base URLs")))
        << text;
  EXPECT_THAT(message({{"url", ""}}), HasSubstr("url is not set"));
}

TEST_F(Configured, refuses_control_characters_without_quoting_them) {
  const std::pair<const char*, std::string> texts[] = {
      {"user", "pkmaster\r\nX-Admin: yes"},
      {"user", std::string("pk\0master", 9)},
      {"user", "pk\x7fmaster"},
      {"url", "https://a\r\nHost: b"},
      {"url", "https://a\nhttps://b"},
      {"url", "https://a\tb"},
      {"address", "192.0.2.7\n"},
      {"wire_timestamp", "GET /n200/timestamp/\r\nX: -> result"},
      {"log_output", "/tmp/a\nb"}};
  for (const auto& [key, text] : texts)
    EXPECT_EQ(message({{"pass", kSecret}, {key, text}}),
              std::string(key) + ": line breaks and other control characters are not allowed");
  EXPECT_TRUE(build({{"wire_timestamp", "GET\t/n200/timestamp/ -> result"}}));
}

TEST_F(Configured, accepts_numbers_within_their_limits) {
  const std::pair<const char*, std::pair<unsigned, unsigned>> bounds[] = {
      {"core", {1, 255}},
      {"connect_timeout_ms", {1, 86400000}},
      {"request_timeout_ms", {1, 86400000}},
      {"deadline_ms", {1, 86400000}},
      {"max_in_flight", {1, 65536}},
      {"streams", {1, 65536}},
      {"connections", {1, 1024}},
      {"key_cache_seconds", {0, 86400}},
      {"max_listing_mib", {1, 4096}},
      {"log_level", {0, 10}},
  };
  for (const auto& [key, least_and_most] : bounds) {
    const auto [least, most] = least_and_most;
    for (const unsigned good : {least, most})
      EXPECT_TRUE(build({{key, std::to_string(good)}})) << key << " = " << good;
    std::vector<std::string> bad = {
        "", "x", "1x", " 1", "-1", "1.5", "0x10", "99999999999999999999", std::to_string(most + 1)};
    if (least > 0) bad.push_back(std::to_string(least - 1));
    for (const auto& text : bad) {
      const std::string allowed =
          "whole numbers from " + std::to_string(least) + " to " + std::to_string(most);
      EXPECT_THAT(message({{key, text}}),
                  AllOf(HasSubstr(std::string(key) + " = " + text), HasSubstr(allowed)));
    }
  }
}

TEST_F(Configured, stores_each_number_in_its_member) {
  const auto built = build({{"core", "2"},
                            {"connect_timeout_ms", "3"},
                            {"request_timeout_ms", "4"},
                            {"deadline_ms", "5"},
                            {"max_in_flight", "6"},
                            {"streams", "7"},
                            {"connections", "8"},
                            {"key_cache_seconds", "9"},
                            {"max_listing_mib", "10"},
                            {"log_level", "1"}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->device.core, 2U);
  EXPECT_EQ(built->connection.connect_timeout_ms, 3U);
  EXPECT_EQ(built->connection.request_timeout_ms, 4U);
  EXPECT_EQ(built->device.deadline_ms, 5U);
  EXPECT_EQ(built->connection.max_in_flight, 6U);
  EXPECT_EQ(built->connection.streams, 7U);
  EXPECT_EQ(built->connection.connections, 8U);
  EXPECT_EQ(built->device.key_cache_seconds, 9U);
  EXPECT_EQ(built->device.max_listing_mib, 10U);
  EXPECT_EQ(built->log_level, 1);
}

TEST_F(Configured, accepts_yes_and_no_for_a_switch) {
  for (const auto& [text, which] :
       {std::pair("yes", n200::Verify::yes), {"no", n200::Verify::no}, {"rsa", n200::Verify::rsa}})
    EXPECT_EQ(build({{"verify_signatures", text}})->device.verify_signatures, which);
  EXPECT_FALSE(build({{"claim_pkcs11", "no"}})->claim_pkcs11);
  for (const char* text : {"", "true", "1", "YES", "yes "}) {
    EXPECT_THAT(message({{"claim_pkcs11", text}}),
                HasSubstr(std::string("claim_pkcs11 = ") + text + ": allowed values: yes, no"));
    EXPECT_THAT(message({{"verify_signatures", text}}),
                HasSubstr(std::string("verify_signatures = ") + text + ": allowed values: yes, no, rsa"));
  }
}

TEST_F(Configured, accepts_texts_as_they_are) {
  const auto built = build(
      {{"address", "192.0.2.7:8443"}, {"log_output", "syslog"}, {"user", "pkmaster"}, {"pass", kSecret}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->connection.addresses, std::vector<std::string>{"192.0.2.7:8443"});
  EXPECT_EQ(built->log_output, "syslog");
  EXPECT_EQ(built->connection.user, "pkmaster");
  EXPECT_EQ(built->connection.password.reveal(), kSecret);
}

TEST_F(Configured, gives_each_node_its_addresses) {
  const auto addresses = [](const char* urls, const char* text) {
    return build({{"url", urls}, {"address", text}})->connection.addresses;
  };
  EXPECT_EQ(addresses("https://a https://b", "192.0.2.7  192.0.2.8|198.51.100.8:8443"),
            (std::vector<std::string>{"192.0.2.7", "192.0.2.8|198.51.100.8:8443"}));
  EXPECT_EQ(addresses("https://a", "[2001:db8::7]:8443|2001:db8::8"),
            (std::vector<std::string>{"[2001:db8::7]:8443|2001:db8::8"}));
  EXPECT_EQ(addresses("https://a:1 https://b:2", "127.0.0.1"),
            (std::vector<std::string>{"127.0.0.1", "127.0.0.1"}))
      << "one entry is for all";
}

TEST_F(Configured, requires_an_address_for_each_node) {
  EXPECT_THAT(message({{"url", "https://a https://b https://c"}, {"address", "192.0.2.7 192.0.2.8"}}),
              HasSubstr("address has 2 entries and url has 3: give one address for each URL"));
  EXPECT_THAT(message({{"url", "https://a"}, {"address", "192.0.2.7 192.0.2.8"}}),
              HasSubstr("address has 2 entries and url has 1"));
  for (const char* text :
       {"|192.0.2.7", "192.0.2.7|", "192.0.2.7||192.0.2.8", "https://192.0.2.7", "192.0.2.7,192.0.2.8"})
    EXPECT_THAT(message({{"address", text}}), HasSubstr("allowed values: addresses like")) << text;
}

TEST_F(Configured, refuses_ports_that_do_not_exist) {
  for (const char* host : {"a", "192.0.2.7", "[::1]"}) {
    for (const char* port : {":0", ":65536", ":99999", ":x", ":1x", ":-1"}) {
      const std::string text = std::string(host) + port;
      EXPECT_THAT(message({{"address", text}}),
                  AllOf(HasSubstr("address = " + text), HasSubstr("whole numbers from 1 to 65535")));
      EXPECT_THAT(message({{"address", "192.0.2.8|" + text}}), HasSubstr("whole numbers from 1 to 65535"));
      EXPECT_THAT(message({{"url", "https://" + text}}), HasSubstr("whole numbers from 1 to 65535"));
    }
    for (const char* port : {"", ":", ":1", ":65535"}) {
      EXPECT_TRUE(build({{"url", "https://" + std::string(host) + port}})) << host << port;
      EXPECT_TRUE(build({{"url", "https://a"}, {"address", std::string(host) + port}})) << host << port;
    }
  }
  EXPECT_TRUE(build({{"url", "https://a"}, {"address", "2001:db8::7|::1"}}));
}

TEST_F(Configured, does_not_quote_a_password_in_a_url_or_an_address) {
  const std::string host = "pkmaster:" + std::string(kSecret) + "@192.0.2.7";
  EXPECT_THAT(message({{"address", host}}),
              AllOf(HasSubstr("address: allowed values"), Not(HasSubstr(kSecret))));
  EXPECT_THAT(message({{"address", "192.0.2.8|" + host + ":99999"}}), Not(HasSubstr(kSecret)));
  EXPECT_THAT(message({{"url", "https://" + host}}), Not(HasSubstr(kSecret)));
}

TEST_F(Configured, accepts_an_absolute_path_of_certificates_without_looking_at_it) {
  EXPECT_EQ(build({})->certificates, "");
  const auto built = build({{"certificates", "/no/such/directory"}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->certificates, "/no/such/directory");
  for (const char* path : {"certificates", "", "~/certificates", "file:/certificates"})
    EXPECT_THAT(message({{"certificates", path}}),
                HasSubstr("certificates = " + std::string(path) + ": must be the absolute path"));
}

TEST_F(Configured, accepts_a_metrics_file_with_known_placeholders_in_its_last_part) {
  const auto built = build({{"metrics_file", "/run/sesam-%e-%p.prom"}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->connection.metrics_file, "/run/sesam-%e-%p.prom");
  EXPECT_NE(built->connection.metrics_text, nullptr);
  EXPECT_THAT(message({{"metrics_file", "/run/%d"}}),
              AllOf(HasSubstr("metrics_file = /run/%d: "), HasSubstr("%p")));
}

TEST_F(Configured, reads_tlscert_at_once) {
  const auto path = file("-----BEGIN CERTIFICATE-----\n");
  const auto built = build({{"tlscert", path}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->connection.ca_pem, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(built->connection.ca_path, path);
}

TEST_F(Configured, keeps_only_the_certificate_of_a_file_that_has_the_private_key_too) {
  const std::string certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const std::string key = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n";
  for (const auto& text :
       {key + certificate, certificate + key, "text\n" + certificate + key + certificate}) {
    const auto path = file(text);
    const auto built = build({{"tlscert", path}, {"client_cert", path}, {"client_key", path}});
    ASSERT_TRUE(built);
    for (const auto& pem : {built->connection.ca_pem, built->connection.client_cert_pem}) {
      EXPECT_THAT(pem, AllOf(HasSubstr(certificate), Not(HasSubstr("MIGH")), Not(HasSubstr("PRIVATE"))));
    }
    EXPECT_EQ(built->connection.client_key_pem.reveal(), text);
  }
  const auto path = file(certificate + "-----BEGIN EC PRIVATE KEY-----\nMIGH");  // without an END line
  EXPECT_EQ(build({{"tlscert", path}})->connection.ca_pem, certificate);
}

TEST_F(Configured, refuses_a_tlscert_that_is_not_a_certificate) {
  EXPECT_THAT(message({{"tlscert", missing()}}),
              HasSubstr("tlscert = " + missing() + ": " + std::strerror(ENOENT)));
  EXPECT_THAT(message({{"tlscert", file("some text")}}),
              AllOf(HasSubstr("contains no PEM certificate"), Not(HasSubstr("some text"))));
}

TEST_F(Configured, requires_a_client_certificate_and_its_key_together) {
  const auto path = file("-----BEGIN EITHER-----\n");
  const auto built = build({{"client_cert", path}, {"client_key", path}});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->connection.client_cert_pem, "-----BEGIN EITHER-----\n");
  EXPECT_EQ(built->connection.client_key_pem.reveal(), "-----BEGIN EITHER-----\n");
  for (const char* alone : {"client_cert", "client_key"}) {
    EXPECT_THAT(message({{alone, path}}), HasSubstr("client_cert and client_key must be set together"));
    EXPECT_THAT(message({{alone, missing()}}), HasSubstr(std::string(alone) + " = " + missing() + ": "));
  }
}

TEST_F(Configured, reads_secrets_from_files_without_their_last_line_break) {
  const auto source = "file:" + file(std::string(kSecret) + "\n");
  EXPECT_EQ(build({{"user", "u"}, {"pass_source", source}})->connection.password.reveal(), kSecret);
  EXPECT_EQ(build({{"pin_source", source}})->device.pin.reveal(), kSecret);
}

TEST_F(Configured, remembers_the_file_of_a_password_that_can_be_read_again) {
  const auto path = file(kSecret);
  const auto built = build({{"user", "u"}, {"pass_source", "file:" + path}});
  EXPECT_EQ(built->device.password_file.path, path);
  EXPECT_EQ(build({{"user", "u"}, {"pass", kSecret}})->device.password_file.path, "");
}

TEST_F(Configured, takes_settings_of_the_audit) {
  EXPECT_EQ(build({})->device.audit, n200::AuditOptions());
  const auto built = build(
      {{"audit_output", "/a"}, {"audit_digest", "yes"}, {"audit_required", "yes"}, {"log_format", "json"}});
  EXPECT_EQ(built->device.audit, (n200::AuditOptions{"/a", LineFormat::json, true, true}));
  EXPECT_EQ(built->log_format, LineFormat::json);
  EXPECT_THAT(message({{"log_format", "xml"}}), HasSubstr("log_format = xml: allowed values: text, json"));
  EXPECT_THAT(message({{"audit_required", "yes"}}), HasSubstr("but audit_output is not"));
  EXPECT_THAT(message({{"audit_output", "syslog"}, {"audit_required", "yes"}}), HasSubstr("needs a file"));
}

TEST_F(Configured, reads_secrets_from_the_environment) {
  setenv("SESAM_TEST_SECRET", kSecret, 1);
  EXPECT_EQ(build({{"user", "u"}, {"pass_source", "env:SESAM_TEST_SECRET"}})->connection.password.reveal(),
            kSecret);
  EXPECT_EQ(build({{"pin_source", "env:SESAM_TEST_SECRET"}})->device.pin.reveal(), kSecret);
  unsetenv("SESAM_TEST_SECRET");
  EXPECT_THAT(message({{"pin_source", "env:SESAM_TEST_SECRET"}}),
              HasSubstr("pin_source = env:SESAM_TEST_SECRET: no such environment variable"));
}

TEST_F(Configured, refuses_other_sources_of_secrets) {
  for (const char* key : {"pass_source", "pin_source"}) {
    EXPECT_THAT(message({{"user", "u"}, {key, "/a/path"}}), HasSubstr("allowed values: file:PATH, env:NAME"));
    EXPECT_THAT(message({{"user", "u"}, {key, "file:" + missing()}}), HasSubstr(std::strerror(ENOENT)));
    EXPECT_THAT(message({{"user", "u"}, {key, "file:" + file("\n")}}), HasSubstr("is empty"));
  }
}

TEST_F(Configured, accepts_one_line_of_at_most_256_bytes_from_a_source) {
  const std::string two_lines = std::string(kSecret) + "\n" + kSecret;
  const std::string too_long = kSecret + std::string(256, 'x');
  for (const char* key : {"pass_source", "pin_source"})
    for (const auto& [text, problem] :
         {std::pair(two_lines, "has more than one line; expected a password or PIN"),
          std::pair(too_long, "has more than 256 bytes")}) {
      EXPECT_THAT(message({{"user", "u"}, {key, "file:" + file(text)}}),
                  AllOf(HasSubstr(problem), Not(HasSubstr(kSecret))));
      setenv("SESAM_TEST_SECRET", text.c_str(), 1);
      EXPECT_THAT(message({{"user", "u"}, {key, "env:SESAM_TEST_SECRET"}}),
                  AllOf(HasSubstr(problem), Not(HasSubstr(kSecret))));
      unsetenv("SESAM_TEST_SECRET");
    }
}

TEST_F(Configured, accepts_keygen_pin_as_the_vendors_name_of_pin) {
  EXPECT_EQ(build({{"pin", kSecret}})->device.pin.reveal(), kSecret);
  EXPECT_EQ(build({{"keygen_pin", kSecret}})->device.pin.reveal(), kSecret);
}

TEST_F(Configured, refuses_a_secret_that_is_set_twice) {
  const auto source = "file:" + file(kSecret);
  EXPECT_THAT(message({{"user", "u"}, {"pass", kSecret}, {"pass_source", source}}),
              AllOf(HasSubstr("pass and pass_source are both set"), Not(HasSubstr(kSecret))));
  for (const char* key : {"pin", "keygen_pin"})
    EXPECT_THAT(message({{key, kSecret}, {"pin_source", source}}),
                AllOf(HasSubstr("pin and pin_source are both set"), Not(HasSubstr(kSecret))));
}

TEST_F(Configured, requires_user_and_password_together) {
  EXPECT_THAT(message({{"user", "pkmaster"}}), HasSubstr("user is set, but neither pass nor pass_source"));
  EXPECT_THAT(message({{"pass", kSecret}}),
              AllOf(HasSubstr("pass is set, but user is not"), Not(HasSubstr(kSecret))));
  EXPECT_THAT(message({{"pass_source", "file:" + file(kSecret)}}),
              AllOf(HasSubstr("user is not"), Not(HasSubstr(kSecret))));
}

// No message contains a secret, whatever is wrong. The
// settings with secrets are marked, and there are no others.
TEST_F(Configured, has_no_secret_in_a_message) {
  std::vector<std::string> secret_keys;
  for (const auto& row : settings())
    if (row.secret) secret_keys.push_back(row.key);
  EXPECT_THAT(secret_keys, ElementsAre("pass", "pin", "keygen_pin"));
  const Texts secrets = {{"user", "u"}, {"pass", kSecret}, {"pin", kSecret}};
  for (const auto& row : settings()) {
    if (row.secret || row.key == "n200_conf") continue;
    auto texts = secrets;
    texts[row.key] = "\x01 no such value";
    EXPECT_THAT(message(texts), Not(HasSubstr(kSecret))) << row.key;
  }
}

TEST_F(Configured, renames_a_command_by_a_word_and_replaces_it_by_a_row) {
  const auto renamed = build({{"wire_ec_sign", "ecdsasign"}});
  ASSERT_TRUE(renamed);
  n200::WireTable expected;
  ASSERT_TRUE(expected.set(
      n200::Operation::ec_sign,
      "POST command=ecdsasign core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex"));
  EXPECT_EQ(renamed->device.wire, expected);
}

TEST_F(Configured, names_an_invalid_wire_row) {
  for (const auto& row : n200::wire_defaults()) {
    const std::string key(row.key);
    EXPECT_THAT(message({{key, "PUT /x -> result"}}), HasSubstr(key + " = PUT /x -> result: "));
    EXPECT_THAT(message({{key, ""}}), HasSubstr(key));
  }
}

}  // namespace
}  // namespace sesam::config
