// SPDX-License-Identifier: Apache-2.0
#include "base/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sesam {
namespace {

namespace fs = std::filesystem;

class ASecretFile : public testing::Test {
 protected:
  ASecretFile() : directory_(fs::temp_directory_path() / ("sesam-secret-file-" + std::to_string(getpid()))) {
    fs::create_directories(directory_);
    write("first\n", 0600);
  }
  ~ASecretFile() override { fs::remove_all(directory_); }

  std::string path() const { return (directory_ / "pass").string(); }
  void write(const std::string& text, mode_t mode) const {
    std::ofstream(path()) << text;
    ::chmod(path().c_str(), mode);
  }
  static std::string text_of(const std::variant<Secret, std::string>& found) {
    const auto* secret = std::get_if<Secret>(&found);
    return secret != nullptr ? std::string(secret->reveal()) : "error: " + std::get<std::string>(found);
  }

  fs::path directory_;
};

TEST_F(ASecretFile, is_read_again_with_its_new_content) {
  const auto file = describe_secret_file(path());
  EXPECT_EQ(file.path, path());
  const auto before = state_of(file);
  EXPECT_EQ(state_of(file), before);
  write("second\n", 0600);
  EXPECT_NE(state_of(file), before);
  EXPECT_EQ(text_of(read_secret_again(file)), "second");
}

TEST_F(ASecretFile, is_read_again_where_it_was_replaced) {
  const auto file = describe_secret_file(path());
  const std::string next = path() + ".new";
  std::ofstream(next) << "second";
  ::chmod(next.c_str(), 0400);
  fs::rename(next, path());
  EXPECT_EQ(text_of(read_secret_again(file)), "second");
}

TEST_F(ASecretFile, is_not_read_where_others_may_do_more_than_before) {
  const auto file = describe_secret_file(path());
  for (const mode_t mode : {0604, 0602, 0640, 0660}) {
    write("second", mode);
    EXPECT_THAT(text_of(read_secret_again(file)), testing::HasSubstr("error: gives other users more access"))
        << mode;
  }
}

TEST_F(ASecretFile, is_read_where_others_could_read_it_before) {
  write("first", 0644);
  const auto file = describe_secret_file(path());
  write("second", 0644);
  EXPECT_EQ(text_of(read_secret_again(file)), "second");
}

TEST_F(ASecretFile, is_not_read_where_its_owner_is_another_one) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto file = describe_secret_file(path());
  ASSERT_EQ(::chown(path().c_str(), 65534, 65534), 0);
  EXPECT_THAT(text_of(read_secret_again(file)), testing::HasSubstr("error: has a new owner"));
}

TEST_F(ASecretFile, is_not_read_where_it_is_no_regular_file_any_more) {
  const auto file = describe_secret_file(path());
  fs::remove(path());
  EXPECT_THAT(text_of(read_secret_again(file)), testing::HasSubstr("error: No such file"));
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_THAT(text_of(read_secret_again(file)), testing::HasSubstr("error: is no longer a regular file"));
}

TEST_F(ASecretFile, must_hold_one_line) {
  const auto file = describe_secret_file(path());
  for (const char* text : {"", "a\nb\n"}) {
    write(text, 0600);
    EXPECT_THAT(text_of(read_secret_again(file)), testing::StartsWith("error: ")) << text;
  }
}

TEST_F(ASecretFile, is_described_only_where_it_can_be_read_again) {
  EXPECT_EQ(describe_secret_file("pass").path, "") << "relative";
  EXPECT_EQ(describe_secret_file("/dev/null").path, "");
  EXPECT_EQ(describe_secret_file(path() + ".none").path, "");
}

}  // namespace
}  // namespace sesam
