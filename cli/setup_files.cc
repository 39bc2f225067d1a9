// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <variant>

#include "base/file.h"
#include "base/printable.h"
#include "cli/directory.h"
#include "cli/key_directory.h"
#include "cli/output_file.h"
#include "cli/time_text.h"

namespace sesam::cli::setup {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSecretMode = 0600;
constexpr unsigned kDirectoryMode = 0755;

Error cannot(const std::string& path, int error) {
  return {Reason::bad_argument, path + ": " + std::strerror(error)};
}

// A name that neither systemd nor AppArmor reads.
std::string backup_name(const std::string& path, const std::string& time) {
  std::string name = path + ".before-" + time;
  struct stat status {};
  for (int count = 2; ::lstat(name.c_str(), &status) == 0; ++count)
    name = path + ".before-" + time + "-" + std::to_string(count);
  return name;
}

// Other users may not write any of these files or read a secret. An edited file keeps its mode.
bool is_mode_enough(const NewFile& file) {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) return false;
  const unsigned forbidden = file.mode == kSecretMode ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
  return file.is_edit || ((status.st_mode & forbidden) == 0 && status.st_uid == ::geteuid());
}

Result<PlannedFile> plan_file(NewFile file, const std::string& time) {
  PlannedFile planned{std::move(file), Change::create, {}};
  const std::string& path = planned.file.path;
  const auto there = read_file(path);
  if (const int* failed = std::get_if<int>(&there)) {
    if (*failed == ENOENT || *failed == ENOTDIR) return planned;
    return cannot(path, *failed);
  }
  if (std::get<Secret>(there) == planned.file.text) {
    planned.change = is_mode_enough(planned.file) ? Change::none : Change::set_mode;
    return planned;
  }
  planned.change = Change::replace;
  planned.backup = backup_name(path, time);
  return planned;
}

// Makes a hard link, which keeps mode and owner; a secret is copied to a file for its owner only.
Result<void> back_up(const PlannedFile& planned) {
  const std::string& path = planned.file.path;
  const bool is_secret = planned.file.mode == kSecretMode && !planned.file.is_edit;
  if (!is_secret && ::link(path.c_str(), planned.backup.c_str()) == 0) return {};
  struct stat status {};  // not every file system has hard links
  const auto text = read_file(path);
  if (const int* failed = std::get_if<int>(&text)) return cannot(path, *failed);
  if (::stat(path.c_str(), &status) != 0) return cannot(path, errno);
  const std::string_view copied = std::get<Secret>(text).reveal();
  return is_secret ? replace_file(planned.backup, copied, kSecretMode)
                   : replace_k_file(planned.backup, copied, status);
}

std::string writing_of(const PlannedFile& planned) {
  return planned.file.path + " was written" +
         (planned.backup.empty() ? "" : "; the old one is " + planned.backup);
}

// An edited file keeps its mode and owner.
Result<StagedFile> stage(const NewFile& file) {
  if (!file.is_edit) return StagedFile::write(file.path, file.text.reveal(), file.mode);
  SESAM_TRY(marks, marks_for(file.path, file.mode));
  return StagedFile::write(file.path, file.text.reveal(), marks);
}

// Directories created for files, with mode 0755 regardless of the umask. The destructor removes those without
// files.
class NewDirectories {
 public:
  NewDirectories() = default;
  NewDirectories(const NewDirectories&) = delete;
  NewDirectories& operator=(const NewDirectories&) = delete;
  ~NewDirectories() {
    // Inner directories first. rmdir(2) fails for one that is not empty.
    for (auto path = made_.rbegin(); path != made_.rend(); ++path) ::rmdir(path->c_str());
  }

  Result<void> make(const fs::path& path) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) return {};
    if (path.has_relative_path()) SESAM_CHECK(make(path.parent_path()));
    if (::mkdir(path.c_str(), kDirectoryMode) != 0) return cannot(path.string(), errno);
    made_.push_back(path);
    return ::chmod(path.c_str(), kDirectoryMode) == 0 ? Result<void>() : cannot(path.string(), errno);
  }

 private:
  std::vector<fs::path> made_;
};

bool needs_consent(const PlannedFile& planned, const Arguments& arguments, const Agreed& agreed) {
  return planned.change == Change::replace && !planned.file.is_edit && !arguments.force &&
         !agreed.contains(planned.file.path);
}

fs::path nearest_existing(fs::path path) {
  std::error_code failed;
  while (!fs::exists(path, failed) && path.has_relative_path()) path = path.parent_path();
  return path;
}

// Whether files can be made in the directory, which may have to be made first.
Result<void> check_place(const fs::path& directory, const std::string& cure) {
  const std::string existing = nearest_existing(directory).string();
  const std::string entered = existing + '/';  // so that a file is not a directory
  if (::access(entered.c_str(), W_OK | X_OK) == 0) return {};
  return Error{Reason::bad_argument, existing + ": " + std::strerror(errno) + ": " + cure};
}

}  // namespace

Result<std::vector<PlannedFile>> plan_files(std::vector<NewFile> files) {
  const std::string time = time_as("%Y%m%d-%H%M%S");
  std::vector<PlannedFile> planned;
  for (auto& file : files) {
    SESAM_TRY(one, plan_file(std::move(file), time));
    planned.push_back(std::move(one));
  }
  return planned;
}

bool needs_consent(const std::vector<PlannedFile>& files, const Arguments& arguments, const Agreed& agreed) {
  return std::any_of(files.begin(), files.end(),
                     [&](const PlannedFile& planned) { return needs_consent(planned, arguments, agreed); });
}

Result<void> confirm_changes(const std::vector<PlannedFile>& files, const Arguments& arguments,
                             Agreed& agreed) {
  for (const auto& planned : files) {
    if (!needs_consent(planned, arguments, agreed)) continue;
    const std::string& path = planned.file.path;
    if (!arguments.may_ask())
      return Error{Reason::bad_argument,
                   path + " exists with other content: give --force to replace it; a backup is kept"};
    if (!confirms("Replace " + path + "? A backup is kept"))
      return Error{Reason::bad_argument, path + " exists with other content, and was not to be replaced"};
    agreed.insert(path);
  }
  return {};
}

Result<void> check_places(const std::vector<PlannedFile>& files) {
  for (const auto& [file, change, backup] : files)
    if (change != Change::none)
      SESAM_CHECK(
          check_place(fs::path(file.path).parent_path(),
                      file.path + " cannot be written: run this as root, or choose another directory"));
  return {};
}

Result<void> write_files(const std::vector<PlannedFile>& files, bool& is_written, Changes& changes) {
  NewDirectories directories;
  std::vector<std::pair<const PlannedFile*, StagedFile>> staged;
  for (const auto& planned : files) {
    if (planned.change == Change::none) continue;
    SESAM_CHECK(directories.make(fs::path(planned.file.path).parent_path()));
    SESAM_TRY(file, stage(planned.file));
    staged.emplace_back(&planned, std::move(file));
  }
  for (auto& [planned, file] : staged) {
    if (!planned->backup.empty()) SESAM_CHECK(back_up(*planned));
    SESAM_CHECK(file.put());
    is_written = true;
    changes.add(writing_of(*planned));
  }
  return {};
}

Result<std::string> check_directory(const std::string& path, bool dry_run) {
  std::error_code failed;
  fs::path directory = fs::absolute(path, failed).lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();
  const std::string text = directory.string();
  if (path.empty() || failed || text == "/" || printable(text) != text)
    return Error{Reason::bad_argument, "--directory: expected the path of a directory"};
  if (fs::exists(fs::symlink_status(directory, failed))) SESAM_CHECK(refuse_foreign(directory));
  if (!dry_run) SESAM_CHECK(check_place(directory, "run this as root, or choose another --directory"));
  return text;
}

}  // namespace sesam::cli::setup
