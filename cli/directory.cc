// SPDX-License-Identifier: Apache-2.0
#include "cli/directory.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace sesam::cli {
namespace {

Error cannot(const std::string& what, int error) {
  return {Reason::bad_argument, what + ": " + std::strerror(error)};
}

// Whether the group is root's, or the user's private group, which has no other members.
bool is_private(gid_t gid) {
  const passwd* user = ::getpwuid(::geteuid());
  if (gid == 0 || user == nullptr) return gid == 0;
  const std::string name = user->pw_name;
  const bool is_own = user->pw_gid == gid;
  const group* found = ::getgrgid(gid);
  if (!is_own || found == nullptr || name != found->gr_name) return false;
  for (char** member = found->gr_mem; *member != nullptr; ++member)
    if (name != *member) return false;
  return true;
}

}  // namespace

Result<void> refuse_foreign(const std::filesystem::path& path) {
  const auto refused = [&](const char* why) {
    return Error{Reason::bad_argument, path.string() + why + ": choose another --directory"};
  };
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return cannot(path, errno);
  if (S_ISLNK(status.st_mode)) return refused(" is a symbolic link");
  if (!S_ISDIR(status.st_mode)) return cannot(path, ENOTDIR);
  if (status.st_uid != geteuid()) return refused(" belongs to another user");
  if ((status.st_mode & S_IWOTH) != 0) return refused(" can be written by every user");
  if ((status.st_mode & S_IWGRP) != 0 && !is_private(status.st_gid))
    return refused(" can be written by its group");
  return {};
}

std::string directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace sesam::cli
