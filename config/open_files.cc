// SPDX-License-Identifier: Apache-2.0
#include "config/open_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "config/include_files.h"

namespace sesam::config {
namespace {

namespace fs = std::filesystem;

const char* what_others_can_do(const WatchedFile& file) noexcept {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  if ((status.st_mode & S_IWOTH) != 0) return "written";
  return file.is_secret && (status.st_mode & S_IROTH) != 0 ? "read" : nullptr;
}

std::string warning_about(const WatchedFile& file, const char* done) {
  std::string warning = "warning: " + file.path +
                        (file.is_secret ? " contains the secret of '" : " defines '") + file.setting +
                        "' and can be " + done + " by every user; run: chmod " +
                        (done == std::string_view("read") ? "o-r " : "o-w ") + file.path;
  if (file.is_secret)
    warning +=
        ", or move the secret to a file of its own, see 'pass_source' and 'pin_source' in "
        "OSSL_PROVIDER-sesam(7)";
  return warning;
}

// All directories above the file and, if that is a symbolic link, above its target.
std::vector<fs::path> directories_above(const std::string& file) {
  std::vector<fs::path> directories;
  std::error_code failed;
  for (const auto& path : {fs::absolute(file, failed), fs::canonical(file, failed)})
    for (fs::path child = path; child.has_relative_path(); child = child.parent_path())
      directories.push_back(child.parent_path());
  return directories;
}

// In a directory with the sticky bit only the owners of a file and of the directory can replace the file. The
// file's owner can change it anyway, and root is trusted.
std::string warning_about_directory(const fs::path& directory, const WatchedFile& file) {
  struct stat above {};
  struct stat status {};
  if (::stat(directory.c_str(), &above) != 0 || ::stat(file.path.c_str(), &status) != 0 ||
      !S_ISREG(status.st_mode))
    return {};
  const bool is_foreign = above.st_uid != 0 && above.st_uid != ::geteuid() && above.st_uid != status.st_uid;
  const bool is_open = (above.st_mode & S_IWOTH) != 0 && (above.st_mode & S_ISVTX) == 0;
  if (!is_open && !is_foreign) return {};
  return "warning: " + directory.string() +
         (is_open ? " is world-writable; any user"
                  : " belongs to user id " + std::to_string(above.st_uid) + ", who") +
         " can replace " + file.path + ", which " +
         (file.is_secret ? "contains the secret of '" : "defines '") + file.setting +
         "'; run: " + (is_open ? "chmod o-w " : "chown root ") + directory.string();
}

void add_warnings_about_directories(const WatchedFile& file, std::set<std::string>& named,
                                    std::vector<std::string>& warnings) {
  for (const auto& directory : directories_above(file.path))
    if (auto warning = warning_about_directory(directory, file);
        !warning.empty() && named.insert(directory.string()).second)
      warnings.push_back(std::move(warning));
}

std::string warning_about_unknown(const WatchedFile& file, const std::string& problem) {
  return "warning: whether other users can read the secret of '" + file.setting + "' in " + file.path +
         " or a file that it includes could not be checked: " + problem +
         "; move the secret to a file of its own, see 'pass_source' and 'pin_source' in "
         "OSSL_PROVIDER-sesam(7)";
}

// Replaces each file that has includes by the files that contain the setting.
std::vector<WatchedFile> with_includes_followed(const std::vector<WatchedFile>& files,
                                                std::vector<std::string>& warnings) {
  std::vector<WatchedFile> all;
  for (const auto& file : files) {
    if (!file.has_includes) {
      all.push_back(file);
      continue;
    }
    const auto origin = origin_of(file.path, file.setting);
    for (const auto& path : origin.texts) all.push_back({path, file.setting, file.is_secret});
    for (const auto& path : origin.variables) all.push_back({path, file.setting, false});
    if (origin.problem.empty()) continue;
    all.push_back({file.path, file.setting, false});
    if (file.is_secret) warnings.push_back(warning_about_unknown(file, origin.problem));
  }
  return all;
}

}  // namespace

std::vector<std::string> warnings_about(const std::vector<WatchedFile>& given) {
  std::vector<std::string> warnings;
  const auto files = with_includes_followed(given, warnings);
  std::set<std::string> named;
  for (const bool secrets : {true, false})  // report a file that contains both as one with a secret
    for (const auto& file : files) {
      const char* done = file.is_secret == secrets ? what_others_can_do(file) : nullptr;
      if (done != nullptr && named.insert(file.path).second) warnings.push_back(warning_about(file, done));
      if (file.is_secret == secrets) add_warnings_about_directories(file, named, warnings);
    }
  return warnings;
}

}  // namespace sesam::config
