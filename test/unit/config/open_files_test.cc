// SPDX-License-Identifier: Apache-2.0
#include "config/open_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sesam::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OpenFiles : public testing::Test {
 protected:
  OpenFiles()
      : directory_(std::filesystem::path(testing::TempDir()) /
                   ("sesam-open-files-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_);
  }
  ~OpenFiles() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, mode_t mode) const {
    const auto path = (directory_ / name).string();
    std::ofstream(path) << "secret";
    chmod(path.c_str(), mode);
    return path;
  }
  std::string directory(const std::string& name, mode_t mode) const {
    const auto path = (directory_ / name).string();
    std::filesystem::create_directories(path);
    chmod(path.c_str(), mode);
    return path;
  }

 private:
  std::filesystem::path directory_;
};

TEST_F(OpenFiles, that_others_can_read_are_named_with_their_setting) {
  const auto path = file("a", 0644);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre(AllOf(HasSubstr(path), HasSubstr("'pass'"), HasSubstr("can be read"))));
}

TEST_F(OpenFiles, that_others_can_write_are_named) {
  EXPECT_THAT(warnings_about({{file("a", 0602), "pin_source"}}), ElementsAre(HasSubstr("can be written")));
}

TEST_F(OpenFiles, without_secrets_may_be_readable_but_not_writable_by_others) {
  EXPECT_THAT(warnings_about({{file("a", 0644), "tlscert", false}}), IsEmpty());
  const auto path = file("b", 0646);
  EXPECT_THAT(warnings_about({{path, "tlscert", false}}),
              ElementsAre(AllOf(HasSubstr(path + " defines 'tlscert'"), HasSubstr("can be written"))));
  EXPECT_THAT(warnings_about({{path, "url", false}, {path, "pass"}}),
              ElementsAre(HasSubstr("secret of 'pass'")));
}

TEST_F(OpenFiles, of_owner_and_group_are_accepted) {
  EXPECT_THAT(warnings_about({{file("a", 0600), "pass"}, {file("b", 0640), "pin"}, {file("c", 0660), "pin"}}),
              IsEmpty());
}

TEST_F(OpenFiles, are_named_once) {
  const auto path = file("a", 0644);
  EXPECT_THAT(warnings_about({{path, "pass"}, {path, "pin"}}), ElementsAre(HasSubstr("'pass'")));
}

TEST_F(OpenFiles, that_are_private_can_be_replaced_in_a_directory_that_every_user_can_write) {
  const auto open = directory("open", 0777);
  const auto path = file("open/a", 0600);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre("warning: " + open + " is world-writable; any user can replace " + path +
                          ", which contains the secret of 'pass'; run: chmod o-w " + open));
  EXPECT_THAT(warnings_about({{path, "url", false}}), ElementsAre(HasSubstr(path + ", which defines 'url'")));
}

TEST_F(OpenFiles, can_be_replaced_if_a_directory_further_up_is_writable) {
  const auto open = directory("open", 0757);
  directory("open/closed", 0700);
  EXPECT_THAT(warnings_about({{file("open/closed/a", 0600), "pass"}, {file("open/closed/b", 0600), "pin"}}),
              ElementsAre(HasSubstr("warning: " + open + " is world-writable")));  // reported once
}

TEST_F(OpenFiles, can_be_replaced_behind_a_link) {
  const auto open = directory("open", 0777);
  const auto target = file("open/a", 0600);
  const auto link = directory("closed", 0700) + "/link";
  std::filesystem::create_symlink(target, link);
  EXPECT_THAT(warnings_about({{link, "pass"}}),
              ElementsAre(HasSubstr("warning: " + open + " is world-writable")));
}

TEST_F(OpenFiles, of_one_owner_are_safe_in_a_directory_with_the_sticky_bit) {
  directory("sticky", 01777);
  EXPECT_THAT(warnings_about({{file("sticky/a", 0600), "pass"}}), IsEmpty());
}

TEST_F(OpenFiles, can_be_replaced_in_a_directory_of_another_user) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  const auto foreign = directory("foreign", 0755);
  const auto path = file("foreign/a", 0600);
  ASSERT_EQ(chown(foreign.c_str(), 4711, 4711), 0);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre("warning: " + foreign + " belongs to user id 4711, who can replace " + path +
                          ", which contains the secret of 'pass'; run: chown root " + foreign));
  ASSERT_EQ(chown(path.c_str(), 4711, 4711), 0);  // this user may change the file anyway
  EXPECT_THAT(warnings_about({{path, "pass"}}), IsEmpty());
}

TEST_F(OpenFiles, that_do_not_exist_or_are_not_files_are_ignored) {
  EXPECT_THAT(warnings_about({{"/nonexistent", "pass"}, {"/dev/null", "pass_source"}, {"", "pin"}}),
              IsEmpty());
}

}  // namespace
}  // namespace sesam::config
