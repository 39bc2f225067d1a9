// SPDX-License-Identifier: Apache-2.0
#include "provider/open_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sesam::provider {
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

TEST_F(OpenFiles, ThatAreNoneOrNoFilesAreNoMatter) {
  EXPECT_THAT(warnings_about({{"/nonexistent", "pass"}, {"/dev/null", "pass_source"}, {"", "pin"}}),
              IsEmpty());
}

}  // namespace
}  // namespace sesam::provider
