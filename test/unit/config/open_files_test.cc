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

TEST_F(OpenFiles, ThatOthersCanReadAreNamedWithTheirSetting) {
  const auto path = file("a", 0644);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre(AllOf(HasSubstr(path), HasSubstr("'pass'"), HasSubstr("can be read"))));
}

TEST_F(OpenFiles, ThatOthersCanWriteAreNamed) {
  EXPECT_THAT(warnings_about({{file("a", 0602), "pin_source"}}), ElementsAre(HasSubstr("can be written")));
}

TEST_F(OpenFiles, ThatAreOnlyBelievedMayBeReadByAllAndWrittenByNone) {
  EXPECT_THAT(warnings_about({{file("a", 0644), "tlscert", false}}), IsEmpty());
  const auto path = file("b", 0646);
  EXPECT_THAT(warnings_about({{path, "tlscert", false}}),
              ElementsAre(AllOf(HasSubstr(path + " says 'tlscert'"), HasSubstr("can be written"))));
  EXPECT_THAT(warnings_about({{path, "url", false}, {path, "pass"}}),
              ElementsAre(HasSubstr("secret of 'pass'")));
}

TEST_F(OpenFiles, OfOwnerAndGroupAreFine) {
  EXPECT_THAT(warnings_about({{file("a", 0600), "pass"}, {file("b", 0640), "pin"}, {file("c", 0660), "pin"}}),
              IsEmpty());
}

TEST_F(OpenFiles, AreNamedOnce) {
  const auto path = file("a", 0644);
  EXPECT_THAT(warnings_about({{path, "pass"}, {path, "pin"}}), ElementsAre(HasSubstr("'pass'")));
}

TEST_F(OpenFiles, ThatAreClosedCanBeReplacedInADirectoryThatEveryUserCanWrite) {
  const auto open = directory("open", 0777);
  const auto path = file("open/a", 0600);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre("warning: " + open + " can be written by every user, who can replace " + path +
                          ", which holds the secret of 'pass': run chmod o-w " + open));
  EXPECT_THAT(warnings_about({{path, "url", false}}), ElementsAre(HasSubstr(path + ", which says 'url'")));
}

TEST_F(OpenFiles, CanBeReplacedWhereADirectoryFurtherUpIsOpen) {
  const auto open = directory("open", 0757);
  directory("open/closed", 0700);
  EXPECT_THAT(warnings_about({{file("open/closed/a", 0600), "pass"}, {file("open/closed/b", 0600), "pin"}}),
              ElementsAre(HasSubstr("warning: " + open + " can be written")));  // once
}

TEST_F(OpenFiles, CanBeReplacedBehindALink) {
  const auto open = directory("open", 0777);
  const auto target = file("open/a", 0600);
  const auto link = directory("closed", 0700) + "/link";
  std::filesystem::create_symlink(target, link);
  EXPECT_THAT(warnings_about({{link, "pass"}}),
              ElementsAre(HasSubstr("warning: " + open + " can be written")));
}

TEST_F(OpenFiles, OfOneOwnerAreSafeInADirectoryWithTheStickyBit) {
  directory("sticky", 01777);
  EXPECT_THAT(warnings_about({{file("sticky/a", 0600), "pass"}}), IsEmpty());
}

TEST_F(OpenFiles, CanBeReplacedInADirectoryOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  const auto foreign = directory("foreign", 0755);
  const auto path = file("foreign/a", 0600);
  ASSERT_EQ(chown(foreign.c_str(), 4711, 4711), 0);
  EXPECT_THAT(warnings_about({{path, "pass"}}),
              ElementsAre("warning: " + foreign + " belongs to user id 4711, who can replace " + path +
                          ", which holds the secret of 'pass': run chown root " + foreign));
  ASSERT_EQ(chown(path.c_str(), 4711, 4711), 0);  // who may change it anyway
  EXPECT_THAT(warnings_about({{path, "pass"}}), IsEmpty());
}

TEST_F(OpenFiles, ThatAreNoneOrNoFilesAreNoMatter) {
  EXPECT_THAT(warnings_about({{"/nonexistent", "pass"}, {"/dev/null", "pass_source"}, {"", "pin"}}),
              IsEmpty());
}

}  // namespace
}  // namespace sesam::config
