// SPDX-License-Identifier: Apache-2.0
// OpenSSL configurations of users, with sesam added to them.
#include "cli/setup_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "config/openssl_cnf.h"
#include "directory_of_files.h"

namespace sesam::cli::setup {
namespace {

constexpr char kWhole[] =
    "openssl_conf = openssl_init\n[openssl_init]\nproviders = providers\n[providers]\n"
    "default = default_provider\nsesam = sesam_provider\n[default_provider]\nactivate = 1\n"
    "[sesam_provider]\nmodule = /nowhere/sesam.so\nactivate = 1\nurl = https://a:9001\nuser = u\n"
    "tlscert = /nowhere/device.pem\n";

struct Form {
  const char* name;
  const char* text;
};

class SystemFile : public testing::TestWithParam<Form>, protected DirectoryOfFiles {
 protected:
  std::string write(const std::string& text) const { return file("openssl.cnf", text, 0644).string(); }
  static std::string added_to(const std::string& path) {
    auto added = system_file(path, kWhole);
    EXPECT_TRUE(added) << (added ? "" : added.error().detail);
    return added ? std::string(added->text.reveal()) : std::string();
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_P(SystemFile, keeps_all_that_it_had) {
  const auto lines = lines_of(added_to(write(GetParam().text)));
  for (const auto& line : lines_of(GetParam().text)) EXPECT_THAT(lines, testing::Contains(line));
}

TEST_P(SystemFile, has_an_active_default_provider_before_sesam) {
  const auto cnf = config::OpensslCnf::load(write(added_to(write(GetParam().text))));
  ASSERT_TRUE(cnf) << cnf.error().detail;
  const auto providers = cnf->providers();
  ASSERT_TRUE(providers);
  std::vector<std::string> active;
  for (const auto& row : *providers)
    if (cnf->value(row.section, "activate") == "1")
      active.push_back(cnf->value(row.section, "identity").value_or(row.name));
  const auto base = std::ranges::find(active, "default");
  EXPECT_NE(base, active.end());
  EXPECT_NE(std::find(base, active.end(), "sesam"), active.end()) << "behind it";
}

TEST_P(SystemFile, is_the_same_after_a_second_time) {
  const std::string once = added_to(write(GetParam().text));
  EXPECT_EQ(added_to(write(once)), once);
}

constexpr Form kForms[] = {
    {"empty", ""},
    {"no_configuration_of_openssl", "[ req ]\nx = y\n"},
    {"no_providers", "openssl_conf = a\n[a]\nssl_conf = b\n[b]\n"},
    {"no_default_provider", "openssl_conf = a\n[a]\nproviders = b\n[b]\nlegacy = c\n[c]\nactivate = 1\n"},
    {"an_inactive_default", "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\n[c]\n# activate = 1\n"},
    {"a_default_of_another_name",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\nbase = c\n[c]\nidentity = default\nactivate = 1\n"},
    {"a_default_between_others",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\nlegacy = d\ndefault = c\nnull = d\n[c]\nactivate = "
     "1\n[d]\n"},
    {"blanks_and_comments",
     "openssl_conf=a # ours\n\t[ a ] # here\nproviders\t=  b\n\n[  b  ]\n  default  =  c\n[\tc\t]\nactivate "
     "= 1\n"},
    {"windows_line_ends",
     "openssl_conf = a\r\n[a]\r\nproviders = b\r\n[b]\r\ndefault = c\r\n[c]\r\nactivate = 1\r\n"},
    {"a_section_in_two_parts",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\nlegacy = d\n[c]\nactivate = 1\n[d]\n[b]\ndefault = c\n"},
    {"no_line_end_behind_a_value",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\n[c]\nactivate = 1"},
    {"no_line_end_behind_the_default",
     "openssl_conf = a\n[a]\nproviders = b\n[c]\nactivate = 1\n[b]\ndefault = c"},
    {"no_line_end_behind_a_section", "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\n[c]"},
};

INSTANTIATE_TEST_SUITE_P(In, SystemFile, testing::ValuesIn(kForms),
                         [](const auto& form) { return std::string(form.param.name); });

constexpr char kWithPkcs11[] =
    "openssl_conf = a\n[a]\nproviders = b\n[b]\npkcs11 = d\ndefault = c\nother = e\n[c]\nactivate = 1\n[d]\n";

class SystemFileWithPkcs11 : public SystemFile {
 protected:
  config::OpensslCnf loaded_from(const std::string& text) const {
    return *config::OpensslCnf::load(write(added_to(write(text))));
  }
};

TEST_F(SystemFileWithPkcs11, leaves_its_uris_to_it) {
  const auto cnf = loaded_from(kWithPkcs11 + std::string("activate = 1\n"));
  EXPECT_EQ(cnf.value("sesam_provider", "claim_pkcs11"), "no");
  EXPECT_EQ(cnf.providers()->back().name, "sesam");
}

TEST_F(SystemFileWithPkcs11, claims_them_where_it_is_not_loaded) {
  EXPECT_EQ(loaded_from(kWithPkcs11).value("sesam_provider", "claim_pkcs11"), std::nullopt);
}

TEST_F(SystemFileWithPkcs11, knows_it_by_its_module) {
  const auto cnf = loaded_from(
      "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\ntoken = d\n[c]\n"
      "activate = 1\n[d]\nmodule = /usr/lib/ossl-modules/pkcs11.so\nactivate = 1\n");
  EXPECT_EQ(cnf.value("sesam_provider", "claim_pkcs11"), "no");
}

class RefusedSystemFile : public SystemFile {};

TEST_P(RefusedSystemFile, is_told_and_left_to_its_owner) {
  const std::string path = write(GetParam().text);
  const auto refused = system_file(path, kWhole);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr(path));
}

constexpr Form kRefused[] = {
    {"which_has_sesam_otherwise",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nsesam = d\n[c]\nactivate = 1\n[d]\nactivate = "
     "1\n"},
    {"which_openssl_does_not_read", "openssl_conf = a\n[a\n"},
    {"of_a_section_that_is_not_there", "openssl_conf = a\n"},
    {"whose_default_is_switched_off",
     "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\n[c]\nactivate = 0\n"},
};

INSTANTIATE_TEST_SUITE_P(A, RefusedSystemFile, testing::ValuesIn(kRefused),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace
}  // namespace sesam::cli::setup
