// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace sesam::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

class MetricsFileIn : public testing::Test {
 protected:
  MetricsFileIn() : directory_(fs::temp_directory_path() / ("sesam-metrics-" + std::to_string(getpid()))) {
    fs::create_directories(directory_);
  }
  ~MetricsFileIn() override { fs::remove_all(directory_); }

  std::string path(const char* name) const { return (directory_ / name).string(); }
  static std::string text_of(const std::string& path) {
    std::stringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) names.push_back(entry.path().filename());
    return names;
  }

  fs::path directory_;
};

const std::string kProcess = std::to_string(getpid());

TEST_F(MetricsFileIn, is_replaced_as_a_whole_and_readable_by_all) {
  const mode_t before = umask(0077);
  MetricsFile file(path("a.prom"));
  EXPECT_EQ(file.write("first, and longer"), 0);
  std::ifstream reader(path("a.prom"));
  EXPECT_EQ(file.write("second"), 0);
  umask(before);
  std::string seen;
  std::getline(reader, seen);
  EXPECT_EQ(seen, "first, and longer") << "who has it open reads on in the old one";
  EXPECT_EQ(text_of(path("a.prom")), "second");
  EXPECT_THAT(names(), ElementsAre("a.prom"));
  struct stat status {};
  ASSERT_EQ(stat(path("a.prom").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST_F(MetricsFileIn, is_named_by_program_and_process) {
  MetricsFile file(path("%%-%e-%p.prom"));
  EXPECT_EQ(file.write("text"), 0);
  EXPECT_THAT(names(), ElementsAre("%-metrics_test-" + kProcess + ".prom"));
  EXPECT_EQ(file.labels(), "program=\"metrics_test\",pid=\"" + kProcess + "\"");
  EXPECT_TRUE(file.is_of_one_process());
  file.remove();
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(MetricsFileIn, is_removed_by_the_one_that_wrote_it_last) {
  MetricsFile one(path("%p.prom")), other(path("%p.prom"));
  EXPECT_EQ(one.write("one"), 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(other.write("other"), 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(other.write("other again, where the inode may be that of the first"), 0);
  one.remove();
  EXPECT_THAT(names(), ElementsAre(kProcess + ".prom"));
  other.remove();
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(MetricsFileIn, is_labelled_by_the_program_alone_where_its_name_lacks_the_process) {
  const MetricsFile file(path("a%%p.prom"));
  EXPECT_EQ(file.labels(), "program=\"metrics_test\"");
  EXPECT_FALSE(file.is_of_one_process());
}

TEST_F(MetricsFileIn, is_written_where_its_directory_has_gone_to) {
  MetricsFile file(path("a.prom"));
  const fs::path elsewhere = directory_.string() + "-elsewhere";
  fs::rename(directory_, elsewhere);
  EXPECT_EQ(file.write("text"), 0) << "as after chroot(2), where the path means nothing";
  EXPECT_EQ(text_of(elsewhere / "a.prom"), "text");
  fs::rename(elsewhere, directory_);
}

TEST_F(MetricsFileIn, is_written_once_its_directory_is_there) {
  MetricsFile file(path("later/a.prom"));
  EXPECT_EQ(file.write("text"), ENOENT);
  fs::create_directory(directory_ / "later");
  EXPECT_EQ(file.write("text"), 0);
  fs::remove_all(directory_ / "later");
  EXPECT_EQ(file.write("text"), ENOENT);
  fs::create_directory(directory_ / "later");
  EXPECT_EQ(file.write("again"), 0);
  EXPECT_EQ(text_of(path("later/a.prom")), "again");
}

TEST_F(MetricsFileIn, leaves_a_descriptor_alone_that_the_program_has_taken) {
  MetricsFile file(path("a.prom"));
  fs::create_directory(directory_ / "other");
  // Like a daemon that closes and reuses descriptors; the metrics file's is the last one opened before.
  const int others = open(path("other").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(dup2(others, others - 1), others - 1);
  EXPECT_EQ(file.write("text"), 0);
  EXPECT_THAT(names(), testing::UnorderedElementsAre("a.prom", "other"));
  EXPECT_TRUE(fs::is_empty(directory_ / "other"));
  EXPECT_NE(fcntl(others - 1, F_GETFD), -1) << "it is the program's";
  close(others - 1);
  close(others);
}

TEST_F(MetricsFileIn, follows_no_link_and_leaves_nothing_behind_when_it_fails) {
  fs::create_directory(directory_ / "a.prom");
  MetricsFile file(path("a.prom"));
  EXPECT_EQ(file.write("text"), EISDIR);
  EXPECT_THAT(names(), ElementsAre("a.prom"));
  fs::remove(directory_ / "a.prom");
  const std::string temporary = "a.prom." + std::to_string(gettid()) + ".tmp";
  fs::create_symlink("victim", directory_ / temporary);
  EXPECT_EQ(file.write("text"), 0);
  EXPECT_THAT(names(), ElementsAre("a.prom"));
}

TEST(MetricsFilePattern, is_a_path_with_known_signs_in_its_last_part) {
  for (const char* good : {"a.prom", "/a", "/var/lib/x/sesam-%e-%p.prom", "%%", "./%p"})
    EXPECT_TRUE(MetricsFile::check(good)) << good;
  for (const char* bad : {"", "/", "/var/lib/", "/a/%", "/a/%x", "/%p/a", "%"}) {
    const auto checked = MetricsFile::check(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().reason, Reason::bad_configuration);
  }
}

}  // namespace
}  // namespace sesam::metrics
