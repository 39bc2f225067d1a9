// SPDX-License-Identifier: Apache-2.0
// Files that `sesam setup` writes to a directory that already contains others.
#include "cli/setup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "directory_of_files.h"

namespace sesam::cli::setup {
namespace {

namespace fs = std::filesystem;

class SetupFiles : public testing::Test, protected DirectoryOfFiles {
 protected:
  static std::vector<PlannedFile> plan(const std::string& path, unsigned mode, bool is_edit = false) {
    std::vector<NewFile> files;
    files.push_back({path, Secret("new"), mode, is_edit});
    return std::move(*plan_files(std::move(files)));
  }
  Changes changes_;
  static Change change_of(const std::string& path, unsigned mode, bool is_edit = false) {
    return plan(path, mode, is_edit).front().change;
  }
};

TEST_F(SetupFiles, are_changed_only_where_something_differs) {
  EXPECT_EQ(change_of(directory_ / "absent", 0644), Change::create);
  EXPECT_EQ(change_of(file("same", "new", 0644), 0644), Change::none);
  EXPECT_EQ(change_of(file("stricter", "new", 0600), 0644), Change::none);
  EXPECT_EQ(change_of(file("other", "old", 0644), 0644), Change::replace);
}

TEST_F(SetupFiles, get_their_mode_back_where_others_could_read_a_secret_or_write) {
  EXPECT_EQ(change_of(file("secret", "new", 0640), 0600), Change::set_mode);
  EXPECT_EQ(change_of(file("text", "new", 0664), 0644), Change::set_mode);
  EXPECT_EQ(change_of(file("edited", "new", 0664), 0644, true), Change::none) << "its owner's own choice";
}

TEST_F(SetupFiles, leave_a_backup_of_what_they_replace) {
  const std::string text = file("text", "old", 0640);
  const auto planned = plan(text, 0644);
  bool is_written = false;
  ASSERT_TRUE(write_files(planned, is_written, changes_));
  EXPECT_TRUE(is_written);
  EXPECT_THAT(changes_.take(),
              testing::ElementsAre(text + " was written; the old one is " + planned.front().backup));
  EXPECT_EQ(text_of(text), "new");
  EXPECT_EQ(mode_of(text), 0644U);
  EXPECT_EQ(text_of(planned.front().backup), "old");
  EXPECT_EQ(mode_of(planned.front().backup), 0640U);
}

TEST_F(SetupFiles, close_the_backup_of_a_secret) {
  const auto planned = plan(file("pin", "old", 0644), 0600);
  bool is_written = false;
  ASSERT_TRUE(write_files(planned, is_written, changes_));
  EXPECT_EQ(text_of(planned.front().backup), "old");
  EXPECT_EQ(mode_of(planned.front().backup), 0600U);
}

TEST_F(SetupFiles, keep_the_mode_of_an_edited_file) {
  const std::string text = file("openssl.cnf", "old", 0640);
  bool is_written = false;
  ASSERT_TRUE(write_files(plan(text, 0644, true), is_written, changes_));
  EXPECT_EQ(text_of(text), "new");
  EXPECT_EQ(mode_of(text), 0640U);
}

TEST_F(SetupFiles, give_no_backup_the_name_of_another) {
  const std::string text = file("text", "old", 0644);
  const std::string first = plan(text, 0644).front().backup;
  std::ofstream(first) << "older";
  EXPECT_NE(plan(text, 0644).front().backup, first);
}

TEST_F(SetupFiles, are_in_directories_that_others_can_enter_whatever_the_umask_is) {
  const mode_t mask = umask(077);
  bool is_written = false;
  const auto written = write_files(plan(directory_ / "a" / "b" / "file", 0644), is_written, changes_);
  umask(mask);
  ASSERT_TRUE(written);
  for (const auto& made : {directory_ / "a", directory_ / "a" / "b"}) EXPECT_EQ(mode_of(made), 0755U) << made;
}

TEST_F(SetupFiles, are_all_written_or_none) {
  const std::string blocker = file("file", "no directory", 0644);
  const std::string other = file("other", "old", 0644);
  std::vector<NewFile> files;
  files.push_back({directory_ / "made" / "within" / "first", Secret("new"), 0644, false});
  files.push_back({other, Secret("new"), 0644, false});
  files.push_back({blocker + "/below", Secret("new"), 0644, false});
  const auto planned = plan_files(std::move(files));
  ASSERT_TRUE(planned);
  bool is_written = false;
  const auto written = write_files(*planned, is_written, changes_);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, testing::HasSubstr(blocker));
  EXPECT_FALSE(is_written);
  EXPECT_EQ(text_of(other), "old");
  EXPECT_EQ(file_count(), 2U) << "nor a directory, nor a backup";
}

TEST_F(SetupFiles, are_known_not_to_be_writable_before_one_is_written) {
  const std::string blocker = file("file", "no directory", 0644);
  EXPECT_TRUE(check_places(plan(directory_ / "made" / "within" / "first", 0644)));
  EXPECT_TRUE(check_places(plan(blocker, 0644)));
  const auto refused = check_places(plan(blocker + "/below", 0644));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail,
              testing::StartsWith(blocker + ": Not a directory: " + blocker + "/below cannot be written"));
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(SetupFiles, ask_before_they_replace_what_another_has_written) {
  Arguments arguments;
  arguments.yes = true;
  const std::string text = file("text", "old", 0644);
  Agreed agreed;
  EXPECT_FALSE(confirm_changes(plan(text, 0644), arguments, agreed));
  EXPECT_TRUE(confirm_changes(plan(text, 0644, true), arguments, agreed)) << "an edit leaves what is there";
  arguments.force = true;
  EXPECT_TRUE(confirm_changes(plan(text, 0644), arguments, agreed));
}

TEST_F(SetupFiles, go_to_a_directory_that_is_named_in_full) {
  for (const std::string path : {"", "/", "/etc/a\nb"}) EXPECT_FALSE(check_directory(path, true)) << path;
  const auto found = check_directory(directory_ / "a" / ".." / "b/", true);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, directory_ / "b");
}

}  // namespace
}  // namespace sesam::cli::setup
