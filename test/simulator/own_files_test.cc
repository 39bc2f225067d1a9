// SPDX-License-Identifier: Apache-2.0
#include "own_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sesam::simulator {
namespace {

namespace fs = std::filesystem;

class OwnFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "n200sim-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { fs::remove_all(dir_); }

  static std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  fs::path dir_;
};

TEST_F(OwnFiles, are_refused_in_a_directory_that_other_users_can_write) {
  EXPECT_NO_THROW(require_own_directory(dir_));
  for (const mode_t mode : {0777U, 01777U, 0702U}) {
    chmod(dir_.c_str(), mode);
    EXPECT_THROW(require_own_directory(dir_), std::runtime_error) << std::oct << mode;
  }
}

TEST_F(OwnFiles, are_refused_in_a_directory_of_another_user) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  ASSERT_EQ(chown(dir_.c_str(), 4711, 4711), 0);
  EXPECT_THROW(require_own_directory(dir_), std::runtime_error);
}

TEST_F(OwnFiles, are_refused_behind_a_link_to_a_directory) {
  fs::create_directory(dir_ / "device");
  fs::create_directory_symlink(dir_ / "device", dir_ / "link");
  EXPECT_THROW(require_own_directory(dir_ / "link"), std::runtime_error);
  EXPECT_THROW(require_own_directory((dir_ / "link").string() + "/"), std::runtime_error);
  EXPECT_THROW(require_own_directory(dir_ / "missing"), std::runtime_error);
}

TEST_F(OwnFiles, are_replaced_without_following_a_link) {
  std::ofstream(dir_ / "victim") << "precious";
  fs::create_symlink(dir_ / "victim", dir_ / "file");
  fs::create_symlink(dir_ / "victim", dir_ / "file.new");
  replace_file(dir_ / "file", "ours", 0600);
  EXPECT_EQ(text_of(dir_ / "victim"), "precious");
  EXPECT_EQ(text_of(dir_ / "file"), "ours");
  EXPECT_EQ(fs::symlink_status(dir_ / "file").type(), fs::file_type::regular);
  EXPECT_EQ(fs::status(dir_ / "file").permissions(), fs::perms(0600));
  EXPECT_FALSE(fs::exists(fs::symlink_status(dir_ / "file.new")));
}

TEST_F(OwnFiles, that_cannot_be_written_are_named) {
  try {
    replace_file(dir_ / "missing" / "file", "ours");
    ADD_FAILURE() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), (dir_ / "missing" / "file: No such file or directory").string());
  }
}

}  // namespace
}  // namespace sesam::simulator
