// SPDX-License-Identifier: Apache-2.0
// Checks openssl.cnf.example and the manual page against the code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/conf.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "config/configuration.h"

namespace sesam::config {
namespace {

constexpr char kExample[] = SESAM_SOURCE_DIR "/openssl.cnf.example";
constexpr char kManPage[] = SESAM_SOURCE_DIR "/docs/OSSL_PROVIDER-sesam.7";

std::string text_of_file(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << path;
  return text.str();
}

// A setting in the example.
struct Shown {
  std::string key, value;
  bool active;
  std::string comment;  // the paragraph above it
};

// The settings in the provider's section, in order. "# key = value"
// is a setting that is commented out; other comments are prose.
std::vector<Shown> shown_settings(bool uncommented_only = false) {
  static const std::regex setting("^(# )?([a-z0-9_]+) = (.*)$");
  std::vector<Shown> shown;
  std::string comment;
  bool ours = false;
  std::istringstream lines(text_of_file(kExample));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with('[')) ours = line == "[sesam_provider]";
    if (line.empty()) comment.clear();
    if (!ours) continue;
    if (!std::regex_match(line, match, setting)) {
      comment += line + " ";
    } else if (match[2] != "activate" && match[2] != "module" &&
               (match[1].length() == 0 || !uncommented_only)) {
      shown.push_back({match[2], match[3], match[1].length() == 0, comment});
    }
  }
  return shown;
}

std::vector<std::string> keys_of(const std::vector<Shown>& shown) {
  std::vector<std::string> keys;
  for (const auto& one : shown) keys.push_back(one.key);
  return keys;
}

TEST(TheExample, shows_every_setting_once_in_the_order_of_the_code_and_no_other) {
  std::vector<std::string> expected;
  for (const auto& row : settings()) expected.push_back(row.key);
  EXPECT_EQ(keys_of(shown_settings()), expected);
}

TEST(TheExample, shows_the_defaults_of_the_code) {
  const auto rows = settings();
  const auto shown = shown_settings();
  ASSERT_EQ(shown.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [key, text] = std::tie(rows[i].key, rows[i].default_text);
    if (text.empty() || shown[i].value != text) {
      EXPECT_THAT(shown[i].comment, testing::HasSubstr("Default: " + (text.empty() ? "none" : text))) << key;
    }
    // A setting with a default shows it, except log_level, which users who copy the file want.
    if (!text.empty() && key != "log_level") {
      EXPECT_EQ(shown[i].value, text) << key;
    }
  }
}

TEST(TheExample, is_active_with_failures_logged_to_stderr_and_nothing_else) {
  const auto active = shown_settings(true);
  ASSERT_EQ(keys_of(active), (std::vector<std::string>{"log_level", "log_output"}));
  EXPECT_EQ(active[0].value, "1");
  EXPECT_EQ(active[1].value, "stderr");
}

struct CloseConf {
  void operator()(CONF* conf) const { NCONF_free(conf); }
};

std::unique_ptr<CONF, CloseConf> load_as_openssl_does(const std::string& text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  std::unique_ptr<CONF, CloseConf> conf(NCONF_new(nullptr));
  long line = 0;
  EXPECT_EQ(NCONF_load_bio(conf.get(), bio.get(), &line), 1) << "line " << line;
  return conf;
}

TEST(TheExample, activates_default_and_lists_it_first) {
  const auto conf = load_as_openssl_does(text_of_file(kExample));
  const STACK_OF(CONF_VALUE)* providers = NCONF_get_section(
      conf.get(),
      NCONF_get_string(conf.get(), NCONF_get_string(conf.get(), nullptr, "openssl_conf"), "providers"));
  ASSERT_EQ(sk_CONF_VALUE_num(providers), 2);
  for (int i = 0; i < 2; ++i) {
    const CONF_VALUE* provider = sk_CONF_VALUE_value(providers, i);
    EXPECT_STREQ(provider->name, i == 0 ? "default" : "sesam");
    EXPECT_STREQ(NCONF_get_string(conf.get(), provider->value, "activate"), "1");
  }
}

// Each line can be uncommented as it is: openssl.cnf changes no
// value, and the code accepts all values that do not name a file.
TEST(TheExample, survives_openssl_cnf_with_every_line_uncommented) {
  const auto text = std::regex_replace(text_of_file(kExample), std::regex("\n# ([a-z0-9_]+ = )"), "\n$1");
  const auto conf = load_as_openssl_does(text);
  Values values;
  for (const auto& one : shown_settings()) {
    EXPECT_EQ(NCONF_get_string(conf.get(), "sesam_provider", one.key.c_str()), one.value);
    static const std::regex names_a_file("tlscert|client_.*|.*_source|n200_conf");
    const bool same_as_pin = one.key == "keygen_pin";  // mutually exclusive
    if (!std::regex_match(one.key, names_a_file) && !same_as_pin) values.emplace(one.key, Secret(one.value));
  }
  const auto configuration = build_configuration(values);
  ASSERT_TRUE(configuration) << configuration.error().detail;
  EXPECT_EQ(configuration->device.wire, n200::WireTable());
  EXPECT_EQ(configuration->log_level, 1);
}

// The manual page without its escapes ("\\-" is a minus sign, "\\&" is nothing).
std::string man_page() {
  return std::regex_replace(std::regex_replace(text_of_file(kManPage), std::regex(R"(\\-)"), "-"),
                            std::regex(R"(\\&)"), "");
}

TEST(TheManPage, has_an_item_for_every_setting_with_its_default) {
  const auto page = man_page();
  for (const auto& row : settings()) {
    const auto item = page.find("\n.It Ic " + row.key + "\n");
    ASSERT_NE(item, page.npos) << row.key;
    const auto text =
        page.substr(item, std::min(page.find("\n.It ", item + 1), page.find("\n.El", item)) - item);
    const bool is_row = row.key.starts_with("wire_");
    const auto shown = row.default_text.empty()
                           ? "Default: none"
                           : (is_row ? "Default:\n.Dl " : "Default: ") + row.default_text;
    EXPECT_NE(text.find(shown), text.npos) << row.key << ": no \"" << shown << "\" in " << text;
  }
}

TEST(TheManPage, says_which_wire_rows_are_observed_and_which_assumed) {
  const auto page = man_page();
  for (const auto& row : n200::wire_defaults()) {
    const auto item = page.find("\n.It Ic " + std::string(row.key) + "\n");
    ASSERT_NE(item, page.npos) << row.key;
    const auto text = page.substr(item, page.find("\nDefault:", item) - item);
    const std::string standing = row.standing == "observed" ? "\nObserved" : "\nAssumed";
    EXPECT_NE(text.find(standing), text.npos) << row.key;
  }
}

TEST(TheManPage, names_every_reason_that_a_user_can_meet) {
  const auto page = man_page();
#define X(symbol, text, advice) EXPECT_THAT(page, testing::HasSubstr("\n.It " text "\n"));
  SESAM_REASONS(X)
#undef X
}

}  // namespace
}  // namespace sesam::config
