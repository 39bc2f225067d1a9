// SPDX-License-Identifier: Apache-2.0
#include "config/include_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sesam::config {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class IncludeFiles : public testing::Test {
 protected:
  IncludeFiles()
      : directory_(std::filesystem::path(testing::TempDir()) /
                   ("sesam-include-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_ / "d");
  }
  ~IncludeFiles() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  static std::vector<std::string> texts_of(const std::string& cnf) { return origin_of(cnf, "pass").texts; }

 private:
  std::filesystem::path directory_;
};

TEST_F(IncludeFiles, that_set_a_key_are_found) {
  const auto part = file("part", "[s]\n  pass = secret\n");
  for (const std::string form : {".include ", ".include = ", ".include=", ".include \"", ".include '"}) {
    const std::string end = form.find_first_of("\"'") == form.npos ? "" : form.substr(form.size() - 1);
    const auto cnf = file("cnf", "[s]\n" + form + part + end + " # part\n# pass = x\npassword = x\n");
    EXPECT_THAT(texts_of(cnf), ElementsAre(part)) << form;
  }
}

TEST_F(IncludeFiles, that_name_the_section_of_a_key_are_found) {
  const auto cnf = file("cnf", "s::pass = secret\n");
  EXPECT_THAT(texts_of(cnf), ElementsAre(cnf));
}

TEST_F(IncludeFiles, of_a_directory_are_those_that_openssl_reads) {
  const auto first = file("d/1.cnf", "[1]\npass = 1\n");
  const auto second = file("d/2.conf", "[2]\npass = 1\n");
  file("d/3.txt", "pass = 1\n");
  EXPECT_THAT(texts_of(file("cnf", ".include " + path("d"))), UnorderedElementsAre(first, second));
}

TEST_F(IncludeFiles, that_include_each_other_end_the_search) {
  const auto second = path("second");
  const auto first = file("first", ".include " + second + "\npass = a\n");
  file("second", ".include " + first + "\npass = b\n");
  EXPECT_THAT(texts_of(first), UnorderedElementsAre(first, second));
}

TEST_F(IncludeFiles, whose_paths_have_variables_are_found_as_openssl_finds_them) {
  const auto part = file("d/part", "pass = secret\n");
  for (const auto& start :
       {"d = " + path("d") + "\n[s]\n.include $d", "d = " + path("d") + "\n[s]\n.include ${default::d}",
        "[t]\nd = " + path("d") + "\n[s]\n.include $(t::d)", "[s]\nd = " + path("d") + "\n.include ${d}",
        ".pragma includedir:" + path("") + "\n[s]\n.include d"})
    EXPECT_THAT(texts_of(file("cnf", start + "/part\n")), ElementsAre(part)) << start;
}

TEST_F(IncludeFiles, that_define_a_variable_of_the_value_have_its_text) {
  const auto part = file("part", "[creds]\nsecret = x\nhalf = x\nagain = $secret\n");
  const std::string head = ".include " + part + "\n[s]\n";
  for (const std::string value : {"${creds::secret}", "$creds::secret", "$(creds::secret) # c",
                                  "${creds::again}", "${creds::half}$creds::half"}) {
    const auto cnf = file("cnf", head + "pass = " + value + "\n");
    const auto origin = origin_of(cnf, "pass");
    EXPECT_THAT(origin.texts, ElementsAre(part)) << value;
    EXPECT_THAT(origin.variables, testing::Contains(cnf)) << value;
    EXPECT_EQ(origin.problem, "") << value;
  }
  const auto both = file("cnf", head + "pass = ${creds::half}2\n");
  EXPECT_THAT(texts_of(both), UnorderedElementsAre(part, both));
  const auto colon = file("cnf", head + "pass = $creds::half:2\n");
  EXPECT_THAT(texts_of(colon), UnorderedElementsAre(part, colon));
  const auto dollar = file("cnf", ".pragma dollarid:on\n[s]\npass = $literal\n");
  EXPECT_THAT(texts_of(dollar), ElementsAre(dollar));
  const auto quoted = file("cnf", head + "pass = '$creds::half'\n");
  EXPECT_THAT(texts_of(quoted), ElementsAre(quoted));
}

TEST_F(IncludeFiles, that_name_a_variable_of_the_environment_have_no_text) {
  const auto cnf = file("cnf", "[s]\npass = $ENV::PATH\n");
  const auto origin = origin_of(cnf, "pass");
  EXPECT_THAT(origin.texts, testing::IsEmpty());
  EXPECT_THAT(origin.variables, ElementsAre(cnf));
  EXPECT_EQ(origin.problem, "");
}

TEST_F(IncludeFiles, that_are_included_twice_set_the_key_in_two_sections) {
  const auto part = file("part", "pass = x\n");
  const auto cnf =
      file("cnf", "[a]\n.include " + part + "\n[b]\n.include " + part + "\n[c]\npass = ${b::pass}\n");
  EXPECT_THAT(texts_of(cnf), ElementsAre(part));
}

TEST_F(IncludeFiles, that_are_not_found_are_a_problem) {
  EXPECT_NE(origin_of(file("cnf", ".include $ENV::SESAM_NONE\npass = x\n"), "pass").problem, "");
  EXPECT_NE(origin_of(file("cnf", "[s]\npass = ${t::none}\n"), "pass").problem, "");
  EXPECT_NE(origin_of(file("cnf", "[s]\npa\\\nss = x\n"), "pass").problem, "");
  std::filesystem::resize_file(file("big", "pass = x\n"), 2 << 20);
  EXPECT_NE(origin_of(file("cnf", "pass = x\n.include " + path("big") + "\n"), "pass").problem, "");
}

TEST_F(IncludeFiles, that_multiply_end_the_search) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    file("n" + std::to_string(i), text);
    text = ".include " + path("n" + std::to_string(i)) + "\n" + ".include " + path("n" + std::to_string(i)) +
           "\n";
  }
  EXPECT_NE(origin_of(file("cnf", text + "pass = x\n"), "pass").problem, "");
}

TEST_F(IncludeFiles, with_a_line_that_is_to_be_continued_at_their_end_do_not_swallow_the_next) {
  const auto part = file("part", "x = y\\");
  const auto cnf = file("cnf", "[s]\n.include " + part + "\npass = a\\\n  b = c\n");
  EXPECT_THAT(texts_of(cnf), ElementsAre(cnf));
  EXPECT_EQ(origin_of(cnf, "pass").problem, "");
}

TEST_F(IncludeFiles, are_all_listed_in_the_order_of_reading) {
  const auto inner = file("d/inner.cnf", "[s]\n");
  const auto cnf = file("cnf", ".include " + path("d") + "\n.include " + path("none") + "\n");
  EXPECT_THAT(included_files(cnf), ElementsAre(cnf, path("d"), inner, path("none")));
  EXPECT_THAT(included_files(file("d/inner.cnf", ".include " + path("d") + "\n")),
              ElementsAre(inner, path("d")));
}

}  // namespace
}  // namespace sesam::config
