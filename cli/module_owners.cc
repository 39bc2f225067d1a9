// SPDX-License-Identifier: Apache-2.0
#include "cli/module_owners.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as Linux

bool is_trusted(uid_t uid, uid_t user) { return uid == 0 || uid == user; }

// Whether the group has no members but root and `user`, such as a user's private group.
bool is_trusted_group(gid_t gid, uid_t user) {
  if (gid == 0) return true;
  if (const group* found = ::getgrgid(gid))
    for (char** name = found->gr_mem; *name != nullptr; ++name)
      if (const passwd* member = ::getpwnam(*name); member != nullptr && !is_trusted(member->pw_uid, user))
        return false;
  bool trusted = true;
  ::setpwent();
  while (const passwd* entry = trusted ? ::getpwent() : nullptr)
    trusted = entry->pw_gid != gid || is_trusted(entry->pw_uid, user);
  ::endpwent();
  return trusted;
}

std::string name_of_user(uid_t uid) {
  const passwd* found = ::getpwuid(uid);
  return found == nullptr ? "user id " + std::to_string(uid) : std::string("user '") + found->pw_name + "'";
}

std::string name_of_group(gid_t gid) {
  const group* found = ::getgrgid(gid);
  return found == nullptr ? "group id " + std::to_string(gid) : std::string("group '") + found->gr_name + "'";
}

// Empty `finding`: no other user can change what is at this path.
ModuleFlaw flaw_of_part(const fs::path& part, const struct stat& status, uid_t user) {
  const bool is_directory = S_ISDIR(status.st_mode);
  const bool is_link = S_ISLNK(status.st_mode);
  const auto flaw = [&](const std::string& cause, const std::string& command) -> ModuleFlaw {
    const std::string run = command + " " + part.string();
    if (!is_directory && !is_link) return {cause + ", so it was not loaded", "run: " + run};
    return {"can be replaced, as " + part.string() + " " + cause + ", so it was not loaded",
            "move it to a directory that belongs to root, or run: " + run};
  };
  if (!is_trusted(status.st_uid, user))
    return flaw("belongs to " + name_of_user(status.st_uid), is_link ? "chown -h root" : "chown root");
  // With the sticky bit only the owners of a file and of the directory can replace the file.
  if (is_link || (is_directory && (status.st_mode & S_ISVTX) != 0)) return {};
  if ((status.st_mode & S_IWOTH) != 0) return flaw("can be written by every user", "chmod o-w");
  if ((status.st_mode & S_IWGRP) != 0 && !is_trusted_group(status.st_gid, user))
    return flaw("can be written by " + name_of_group(status.st_gid), "chmod g-w");
  return {};
}

}  // namespace

ModuleFlaw flaw_of_owners(const std::string& path, const User* user) {
  const uid_t uid = user == nullptr ? ::geteuid() : user->uid;
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  std::deque<fs::path> rest(whole.begin(), whole.end());
  struct stat status {};
  fs::path place;  // without symbolic links, so that ".." is its parent
  for (int links = 0; !rest.empty();) {
    const fs::path name = std::move(rest.front());
    rest.pop_front();
    if (name.empty() || name == ".") continue;
    const fs::path part = name == ".." ? place.parent_path() : place / name;
    if (::lstat(part.c_str(), &status) != 0)
      return {std::strerror(errno), "correct 'module', or make its directory accessible"};
    if (auto flaw = flaw_of_part(part, status, uid); !flaw.finding.empty()) return flaw;
    if (!S_ISLNK(status.st_mode)) {
      place = part;
      continue;
    }
    const fs::path target = fs::read_symlink(part, failed);
    if (failed || ++links > kMaxLinks) return {std::strerror(ELOOP), "correct the symbolic link"};
    rest.insert(rest.begin(), target.begin(), target.end());
  }
  if (!S_ISREG(status.st_mode)) return {"is not a regular file", "set 'module' to the path of sesam.so"};
  return {};
}

}  // namespace sesam::cli
