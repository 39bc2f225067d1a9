// SPDX-License-Identifier: Apache-2.0
// A log or audit file that was renamed or removed while the process cannot open a new one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/line_output.h"
#include "base/log.h"

namespace sesam {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class ReplacedFile : public testing::Test {
 protected:
  ReplacedFile() { fs::create_directories(directory_); }
  ~ReplacedFile() override { fs::remove_all(directory_); }

  // Puts a directory at the path, which cannot be opened for writing, not even by root.
  void replace() const {
    fs::rename(path_, path_ + ".1");
    fs::create_directory(path_);
  }
  void restore() const {
    fs::remove(path_);
    fs::rename(path_ + ".1", path_);
  }
  // Runs the steps in a child process. Returns 0 or the number of the step that failed.
  template <class Steps>
  static int in_child(Steps steps) {
    const pid_t child = fork();
    if (child == 0) _exit(steps());
    int status = 1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  }
  static void wait_until_it_looks_again() { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); }

  const fs::path directory_ = fs::temp_directory_path() / ("sesam-replaced-" + std::to_string(getpid()));
  const std::string path_ = directory_ / "log";
};

TEST_F(ReplacedFile, is_known_until_the_path_can_be_opened) {
  const LineOutput output(path_);
  EXPECT_EQ(output.check(), 0);
  replace();
  wait_until_it_looks_again();
  EXPECT_EQ(output.check(), EISDIR);
  EXPECT_EQ(output.write("kept\n"), 0) << "in the file that was renamed";
  EXPECT_EQ(output.replaced(), EISDIR);
  fs::remove(path_);
  wait_until_it_looks_again();
  EXPECT_EQ(output.check(), 0);
  EXPECT_EQ(output.write("new\n"), 0);
  EXPECT_EQ(fs::file_size(path_), 4U);
}

TEST_F(ReplacedFile, that_comes_back_is_the_same) {
  const LineOutput output(path_);
  replace();
  EXPECT_EQ(output.check(), EISDIR);
  restore();
  wait_until_it_looks_again();
  EXPECT_EQ(output.check(), 0);
}

TEST_F(ReplacedFile, of_another_user_is_known) {
  if (geteuid() != 0) GTEST_SKIP() << "setuid(2) is root's";
  EXPECT_EQ(in_child([&] {
              const LineOutput output(path_);
              if (setuid(65534) != 0) return 1;
              if (output.check() != 0) return 2;
              return output.write("as another user\n") == 0 ? 0 : 3;
            }),
            0);
  EXPECT_EQ(in_child([&] {
              const LineOutput output(path_);
              fs::rename(path_, path_ + ".1");
              std::ofstream(path_) << "";
              ::chmod(path_.c_str(), 0640);
              if (setuid(65534) != 0) return 1;
              return output.check() == EACCES ? 0 : 2;
            }),
            0);
}

TEST_F(ReplacedFile, that_was_removed_is_known) {
  if (geteuid() != 0) GTEST_SKIP() << "setuid(2) is root's";
  for (const mode_t mode : {0755U, 0700U})  // in a directory with or without search permission
    EXPECT_EQ(in_child([&] {
                const LineOutput output(path_);
                fs::remove(path_);
                ::chmod(directory_.c_str(), mode);
                if (setuid(65534) != 0) return 1;
                return output.check() == EACCES ? 0 : 2;
              }),
              0);
}

TEST_F(ReplacedFile, in_another_root_directory_is_not_missed) {
  if (geteuid() != 0) GTEST_SKIP() << "chroot(2) is root's";
  fs::create_directories(directory_ / "jail");
  EXPECT_EQ(in_child([&] {
              const LineOutput output(path_);
              fs::rename(path_, path_ + ".1");
              if (chroot((directory_ / "jail").c_str()) != 0) return 1;
              if (output.check() != 0) return 2;
              return output.write("from inside\n") == 0 ? 0 : 3;
            }),
            0);
  EXPECT_EQ(fs::file_size(path_ + ".1"), 12U);
}

TEST_F(ReplacedFile, costs_one_warning_in_the_log) {
  const auto log = *Log::open(1, path_);
  replace();
  for (int i = 0; i < 3; ++i) log->write(LogLevel::failures, "message");
  restore();
  std::stringstream all;
  all << std::ifstream(path_).rdbuf();
  const std::string warning = "log_output = " + path_ + ": Is a directory; this file was renamed or removed";
  const auto first = all.str().find(warning);
  ASSERT_NE(first, std::string::npos) << all.str();
  EXPECT_EQ(all.str().find(warning, first + 1), std::string::npos);
  EXPECT_THAT(all.str(), HasSubstr("message\n"));
}

}  // namespace
}  // namespace sesam
