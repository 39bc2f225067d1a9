// SPDX-License-Identifier: Apache-2.0
#include "config/openssl_cnf.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "config/configuration_sources.h"

namespace sesam::config {
namespace {

std::string write(const std::string& text, const std::string& name = "openssl.cnf") {
  // Each test runs in its own process, and several run at the same time.
  const std::string path = testing::TempDir() + std::to_string(::getpid()) + name;
  std::ofstream(path) << text;
  return path;
}

constexpr char kFile[] =
    "openssl_conf = init\nhost = hsm\n[init]\nproviders = list\n[list]\ndefault = d\nsesam = s\n[d]\n"
    "[s]\nmodule = m.so\nactivate = 1\nurl = https://$host\npass = a\\$b\nuser = u\n";

TEST(OpensslCnf, is_read_as_openssl_reads_it) {
  const auto cnf = OpensslCnf::load(write(kFile));
  ASSERT_TRUE(cnf);
  EXPECT_EQ(cnf->init_section(), "init");
  EXPECT_EQ(cnf->value("s", "url"), "https://hsm");
  EXPECT_EQ(cnf->value("s", "pass"), "a$b");
  EXPECT_EQ(cnf->value("s", "none"), std::nullopt);
  const auto rows = cnf->providers();
  ASSERT_TRUE(rows && rows->size() == 2);
  EXPECT_EQ(rows->at(0).name, "default");
  EXPECT_EQ(rows->at(1).section, "s");
}

TEST(OpensslCnf, takes_a_sections_values_from_that_section_alone) {
  const auto cnf =
      OpensslCnf::load(write("openssl_conf = init\nproviders = list\nactivate = 1\n[init]\nengines = e\n"
                             "[list]\nsesam = s\n[s]\nuser = u\n"));
  ASSERT_TRUE(cnf);
  EXPECT_EQ(cnf->value("init", "providers"), std::nullopt);
  EXPECT_EQ(cnf->value("s", "activate"), std::nullopt);
  EXPECT_EQ(cnf->value("", "activate"), "1");
  EXPECT_FALSE(cnf->providers());
}

TEST(OpensslCnf, follows_includes) {
  const auto part = write("[s]\nuser = included\n", "part.cnf");
  const auto cnf = OpensslCnf::load(write("openssl_conf = init\n.include " + part + "\n"));
  ASSERT_TRUE(cnf);
  EXPECT_EQ(cnf->value("s", "user"), "included");
  EXPECT_FALSE(cnf->providers());
}

TEST(OpensslCnf, reports_the_invalid_line_and_leaves_no_error_behind) {
  ERR_clear_error();
  const auto broken = OpensslCnf::load(write("a = 1\nb = x$y\n"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().reason, Reason::bad_configuration);
  EXPECT_NE(broken.error().detail.find("line 2: variable has no value"), std::string::npos)
      << broken.error().detail;
  const auto missing = OpensslCnf::load("/nonexistent/x.cnf");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().detail, "/nonexistent/x.cnf: No such file or directory");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(CollectedForTheCommand, are_the_settings_of_the_section_and_those_given_instead) {
  const auto cnf = OpensslCnf::load(write(kFile));
  ASSERT_TRUE(cnf);
  Values instead;
  instead.emplace("pass_source", Secret("env:P"));
  instead.emplace("core", Secret("2"));
  const auto collected = collect_values(&*cnf, "s", instead);
  ASSERT_TRUE(collected);
  std::string all;
  for (const auto& [key, value] : collected->values) all += key + "=" + std::string(value.reveal()) + " ";
  EXPECT_EQ(all,
            "core=2 pass_source=env:P url=https://hsm user=u ");  // pass and pass_source are the same setting
  EXPECT_TRUE(std::ranges::none_of(collected->files, &WatchedFile::is_secret));
}

TEST(CollectedForTheCommand, are_refused_with_an_unknown_setting) {
  const auto cnf = OpensslCnf::load(write(std::string(kFile) + "colour = red\n"));
  ASSERT_TRUE(cnf);
  const auto collected = collect_values(&*cnf, "s", {});
  ASSERT_FALSE(collected);
  EXPECT_NE(collected.error().detail.find("unknown setting 'colour' in section [s] of "), std::string::npos);
}

}  // namespace
}  // namespace sesam::config
