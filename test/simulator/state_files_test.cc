// SPDX-License-Identifier: Apache-2.0
#include "state_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "journal.h"

namespace sesam::simulator {
namespace {

namespace fs = std::filesystem;

class StateFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "n200sim-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    victim_ = dir_ / "victim";
    std::ofstream(victim_) << "precious";
    options_.state_dir = dir_ / "state";
  }
  void TearDown() override {
    EXPECT_EQ(fs::file_size(victim_), 8U) << "what a link leads to is left alone";
    fs::remove_all(dir_);
  }

  fs::path dir_, victim_;
  Options options_;
};

TEST_F(StateFilesTest, creates_its_directory) {
  const mode_t before = umask(0);
  const StateFiles files(options_);
  umask(before);
  EXPECT_EQ(files.tls().cert_path, options_.state_dir + "/tls.crt");
  EXPECT_EQ(fs::status(files.tls().key_path).permissions(), fs::perms(0600));
  EXPECT_EQ(fs::status(options_.state_dir).permissions(), fs::perms(0755));
}

TEST_F(StateFilesTest, refuses_a_directory_that_every_user_can_write) {
  fs::create_directory(options_.state_dir);
  fs::permissions(options_.state_dir, fs::perms(0777));
  EXPECT_THROW(StateFiles{options_}, std::runtime_error);
  EXPECT_TRUE(fs::is_empty(options_.state_dir));
}

TEST_F(StateFilesTest, refuses_links_in_place_of_its_files) {
  fs::create_directory(options_.state_dir);
  for (const char* name : {"tls.crt", "tls.key"}) {
    const fs::path link = fs::path(options_.state_dir) / name;
    fs::create_symlink(victim_, link);
    EXPECT_THROW(StateFiles{options_}, std::runtime_error) << name;
    fs::remove(link);
  }
}

TEST_F(StateFilesTest, refuses_a_link_in_place_of_the_journal) {
  fs::create_symlink(victim_, dir_ / "keys.jsonl");
  EXPECT_THROW(Journal(dir_ / "keys.jsonl", [](const nlohmann::json&) {}), std::runtime_error);
}

TEST_F(StateFilesTest, replaces_links_by_the_ready_file_and_the_copy_of_the_certificate) {
  fs::create_symlink(victim_, dir_ / "ready.json");
  fs::create_symlink(victim_, dir_ / "copy.crt");
  options_.write_cert = dir_ / "copy.crt";
  const StateFiles files(options_);
  write_ready_file(dir_ / "ready.json", options_, files.tls().cert_path, 1, 2);
  for (const char* name : {"ready.json", "copy.crt"}) EXPECT_FALSE(fs::is_symlink(dir_ / name)) << name;
}

}  // namespace
}  // namespace sesam::simulator
