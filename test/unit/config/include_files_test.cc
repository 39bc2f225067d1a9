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

 private:
  std::filesystem::path directory_;
};

TEST_F(IncludeFiles, that_set_a_key_are_found) {
  const auto part = file("part", "[s]\n  pass = secret\n");
  for (const std::string form : {".include ", ".include = ", ".include="}) {
    const auto cnf = file("cnf", "[s]\n" + form + part + "\n# pass = x\npassword = x\n");
    EXPECT_THAT(files_that_set(cnf, "pass"), ElementsAre(part)) << form;
  }
}

TEST_F(IncludeFiles, that_name_the_section_of_a_key_are_found) {
  const auto cnf = file("cnf", "s::pass = secret\n");
  EXPECT_THAT(files_that_set(cnf, "pass"), ElementsAre(cnf));
}

TEST_F(IncludeFiles, of_a_directory_are_those_that_openssl_reads) {
  const auto first = file("d/1.cnf", "pin = 1\n");
  const auto second = file("d/2.conf", "pin = 1\n");
  file("d/3.txt", "pin = 1\n");
  EXPECT_THAT(files_that_set(file("cnf", ".include " + path("d")), "pin"),
              UnorderedElementsAre(first, second));
}

TEST_F(IncludeFiles, that_include_each_other_end_the_search) {
  const auto second = path("second");
  const auto first = file("first", ".include " + second + "\npass = a\n");
  file("second", ".include " + first + "\npass = b\n");
  EXPECT_THAT(files_that_set(first, "pass"), UnorderedElementsAre(first, second));
}

TEST_F(IncludeFiles, without_the_key_are_replaced_by_the_file_itself) {
  const auto cnf = file("cnf", ".include $ENV::PART\n");
  EXPECT_THAT(files_that_set(cnf, "pass"), ElementsAre(cnf));
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
