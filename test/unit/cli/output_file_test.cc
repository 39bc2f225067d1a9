// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "directory_of_files.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kText[] = "the secret";

class OutputFile : public testing::TestWithParam<Readers>, protected DirectoryOfFiles {};

class SecretOutput : public OutputFile {};

class PublicOutput : public testing::Test, protected DirectoryOfFiles {};

TEST_P(OutputFile, is_created) {
  const fs::path path = directory_ / "new";
  ASSERT_TRUE(write_output(path, kText, GetParam()));
  EXPECT_EQ(text_of(path), kText);
  EXPECT_EQ(mode_of(path), GetParam() == Readers::owner ? 0600U : 0644U);
  EXPECT_EQ(file_count(), 1U);
}

TEST_P(OutputFile, is_written_completely) {
  const auto path = file("old", "what was there before, and more of it", 0600);
  ASSERT_TRUE(write_output(path, kText, GetParam()));
  EXPECT_EQ(text_of(path), kText);
}

// Writes beyond that size fail, as on a full device.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit smaller{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &smaller);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  ~SizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(OutputFile, stays_as_it_is_if_the_space_does_not_suffice) {
  const auto path = file("old", "before", 0640);
  {
    const SizeLimit limit(4);
    EXPECT_FALSE(write_output(path, kText, GetParam()));
    EXPECT_FALSE(write_output(directory_ / "new", kText, GetParam()));
  }
  EXPECT_EQ(text_of(path), "before");
  EXPECT_EQ(mode_of(path), 0640U);
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(PublicOutput, keeps_the_mode_of_a_file_and_all_of_its_names) {
  const auto path = file("old", "before", 0640);
  ASSERT_TRUE(write_output(path, kText));
  EXPECT_EQ(mode_of(path), 0640U);
  const auto name = directory_ / "name";
  fs::create_hard_link(path, name);
  ASSERT_TRUE(write_output(path, "more"));
  EXPECT_EQ(text_of(name), "more");
  EXPECT_EQ(mode_of(path), 0640U);
}

TEST_F(PublicOutput, keeps_the_owner_of_a_file) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const auto path = file("old", "before", 0640);
  constexpr uid_t kOther = 12345;
  ASSERT_EQ(chown(path.c_str(), kOther, kOther), 0);
  ASSERT_TRUE(write_output(path, kText));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kOther);
  EXPECT_EQ(status.st_gid, kOther);
}

TEST_P(OutputFile, may_be_a_descriptor) {
  const auto path = file("appended", "before, ", 0600);
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  for (const char* directory : {"/dev/fd/", "/proc/self/fd/"})
    EXPECT_TRUE(write_output(directory + std::to_string(fd), kText, GetParam()));
  const auto link = directory_ / "link";
  fs::create_symlink("/dev/fd/" + std::to_string(fd), link);
  EXPECT_TRUE(write_output(link, kText, GetParam()));
  close(fd);
  EXPECT_EQ(text_of(path), "before, the secretthe secretthe secret");
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_P(OutputFile, may_be_a_device) {
  EXPECT_TRUE(write_output("/dev/null", kText, GetParam()));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_P(OutputFile, may_be_a_fifo) {
  const fs::path path = directory_ / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string read;
  std::thread reader([&] { read = text_of(path); });
  EXPECT_TRUE(write_output(path, kText, GetParam()));
  reader.join();
  EXPECT_EQ(read, kText);
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_P(OutputFile, that_cannot_be_written_is_named) {
  for (const fs::path& path : {directory_ / "missing" / "file", directory_}) {
    const auto done = write_output(path, kText, GetParam());
    ASSERT_FALSE(done) << path;
    EXPECT_EQ(done.error().reason, Reason::bad_argument);
    EXPECT_THAT(done.error().detail, testing::StartsWith(path.string() + ": "));
  }
  EXPECT_EQ(file_count(), 0U);
}

TEST_P(OutputFile, is_not_written_through_a_link_of_another_user) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a link away";
  const auto victim = file("victim", "precious", 0644);
  const fs::path link = directory_ / "link";
  fs::create_symlink(victim, link);
  ASSERT_EQ(lchown(link.c_str(), 4711, 4711), 0);
  const auto done = write_output(link, kText, GetParam());
  EXPECT_EQ(text_of(victim), "precious");
  EXPECT_EQ(static_cast<bool>(done), GetParam() == Readers::owner) << "which replaces the link";
}

TEST_P(OutputFile, is_not_a_fifo_of_another_user) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a FIFO away";
  const fs::path path = directory_ / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  ASSERT_EQ(chown(path.c_str(), 4711, 4711), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_FALSE(write_output(path, kText, GetParam()));
  char byte = 0;
  EXPECT_LE(read(reader, &byte, 1), 0);
  close(reader);
}

INSTANTIATE_TEST_SUITE_P(ForAll, OutputFile, testing::Values(Readers::all));
INSTANTIATE_TEST_SUITE_P(ForItsOwner, OutputFile, testing::Values(Readers::owner));

TEST_F(SecretOutput, is_never_in_a_file_that_others_can_read) {
  const auto path = file("old", "before", 0644);
  const int reader = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_TRUE(write_output(path, kText, Readers::owner));
  EXPECT_EQ(mode_of(path), 0600U);
  char old[16] = {};
  EXPECT_EQ(read(reader, old, sizeof old), 6) << "who had it open still has what was there before";
  EXPECT_STREQ(old, "before");
  close(reader);
}

TEST_F(SecretOutput, replaces_a_link_and_not_its_target) {
  const auto target = file("target", "before", 0666);
  const fs::path link = directory_ / "link";
  fs::create_symlink(target, link);
  ASSERT_TRUE(write_output(link, kText, Readers::owner));
  EXPECT_EQ(text_of(target), "before");
  EXPECT_EQ(text_of(link), kText);
  EXPECT_FALSE(fs::is_symlink(link));
}

TEST_F(SecretOutput, replaces_a_file_of_another_user) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const auto path = file("other", "before", 0666);
  ASSERT_EQ(chown(path.c_str(), 4711, 4711), 0);
  ASSERT_TRUE(write_output(path, kText, Readers::owner));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
  EXPECT_EQ(mode_of(path), 0600U);
}

}  // namespace
}  // namespace sesam::cli
