// SPDX-License-Identifier: Apache-2.0
#include "cli/file_access.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "cli/directory.h"

namespace sesam::cli {
namespace {

using Access = FileUse::Access;

// The result of an attempt: errno, and the length of the path to the directory that denied access.
struct Attempt {
  int failed = 0;
  std::size_t blocking = 0;
};

int try_to_open(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd == -1) return errno;
  ::close(fd);
  return 0;
}

int try_to_write_into(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) return ENOTDIR;
  return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

// As base/log.cc opens it, but without O_CREAT.
int try_to_append(const std::string& path) {
  const int failed = try_to_open(path, O_WRONLY | O_APPEND | O_NOFOLLOW);
  return failed == ENOENT ? try_to_write_into(directory_of(path)) : failed;
}

int attempt(const FileUse& use) {
  switch (use.access) {
    case Access::read:
      return try_to_open(use.path, O_RDONLY);
    case Access::list:
      return try_to_open(use.path, O_RDONLY | O_DIRECTORY);
    case Access::append:
      return try_to_append(use.path);
    case Access::replace:
      break;
  }
  return try_to_write_into(directory_of(use.path));
}

// The length of the path to the first directory that the user may not enter; 0 if there is none.
std::size_t blocking_directory(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string directory = path.substr(0, slash);
    if (::faccessat(AT_FDCWD, directory.c_str(), X_OK, AT_EACCESS) != 0 && errno == EACCES) return slash;
  }
  return 0;
}

// Runs in the child. Returns "errno blocking\n" for each use.
std::string attempts_as_text(const std::vector<FileUse>& uses) {
  std::ostringstream text;
  for (const auto& use : uses) {
    const int failed = attempt(use);
    text << failed << ' ' << (failed == EACCES ? blocking_directory(use.path) : 0) << '\n';
  }
  return text.str();
}

// Whether the group has no other members: 'nogroup' or 'users', for example, must not get access.
bool has_own_group(const User& user) {
  const group* own = user.group == user.name ? ::getgrgid(user.gid) : nullptr;
  if (own == nullptr) return false;
  for (char** member = own->gr_mem; *member != nullptr; ++member)
    if (user.name != *member) return false;
  return true;
}

// `purpose` says why the group gets `rights`.
std::string cure_by_group(const std::string& purpose, const std::string& path, const char* rights,
                          const User& user) {
  if (has_own_group(user))
    return purpose + ": chgrp " + user.group + " " + path + " && chmod g+" + rights + " " + path;
  return "run the program as a user that has a group of its own, and give " + path + " to that group: '" +
         user.group + "', the group of user '" + user.name + "', is shared with other users";
}

std::string cure_for_denial(const FileUse& use, const Attempt& attempt, const User& user) {
  const std::string let_user = "let user '" + user.name + "' ";
  if (attempt.blocking != 0) {
    const std::string blocking = use.path.substr(0, attempt.blocking);
    if (blocking == "/root") return "move it out of /root, for example to /etc/sesam";
    return cure_by_group(let_user + "into the directory", blocking, "x", user);
  }
  if (use.access == Access::read || use.access == Access::list)
    return cure_by_group("make it readable for user '" + user.name + "'", use.path,
                         use.access == Access::list ? "rx" : "r", user);
  if (use.access == Access::append) {
    struct stat status {};
    return ::lstat(use.path.c_str(), &status) == 0
               ? let_user + "write to it: chown " + user.name + " " + use.path +
                     "; a program that starts as root opens it before, and needs this only to rotate it"
               : "create it for user '" + user.name + "': install -o " + user.name + " -g " + user.group +
                     " -m 600 /dev/null " + use.path;
  }
  return cure_by_group(let_user + "write into the directory", directory_of(use.path), "wx", user);
}

std::string cure_for(const FileUse& use, const Attempt& attempt, const User& user) {
  const bool is_written = use.access == Access::append || use.access == Access::replace;
  switch (attempt.failed) {
    case EACCES:
    case EPERM:
      return cure_for_denial(use, attempt, user);
    case ENOENT:
      return is_written ? "create the directory: install -d -o " + user.name + " -g " + user.group + " " +
                              directory_of(use.path)
                        : "correct the path in '" + use.setting + "', or create the file";
    case EROFS:
      return "set '" + use.setting + "' to a path on a file system that can be written";
    case ELOOP:
      return "set '" + use.setting + "' to the file itself: symbolic links are not followed";
    case ENXIO:
      return "set '" + use.setting + "' to a file: no program reads from this pipe";
    default:
      break;
  }
  return std::string("set '") + use.setting + "' to " +
         (use.access == Access::list ? "a directory" : "a file");
}

bool is_on_full_file_system(const FileUse& use) {
  struct statvfs status {};
  return ::statvfs(directory_of(use.path).c_str(), &status) == 0 && status.f_blocks != 0 &&
         (status.f_bavail == 0 || (status.f_files != 0 && status.f_favail == 0));
}

FileVerdict verdict(const FileUse& use, const Attempt& attempt, const User& user) {
  const bool is_written = use.access == Access::append || use.access == Access::replace;
  const std::string named = (use.setting.empty() ? "" : use.setting + " = ") + use.path;
  if (attempt.failed == 0 && is_written && is_on_full_file_system(use))
    return {named + ": its file system is full", "make room, or choose another file system"};
  if (attempt.failed == 0) return {};
  return {named + ": " + std::strerror(attempt.failed) + " (as user '" + user.name + "')",
          cure_for(use, attempt, user)};
}

}  // namespace

Result<std::vector<FileVerdict>> try_files(const User* user, const std::vector<FileUse>& uses) {
  constexpr std::chrono::seconds kLimit{20};  // a network file system may be down
  SESAM_TRY(text, in_child(user, kLimit, [&uses] { return attempts_as_text(uses); }));
  const User own = user == nullptr ? own_user() : *user;
  std::istringstream lines(text);
  std::vector<FileVerdict> verdicts;
  for (const auto& use : uses) {
    Attempt attempt;
    lines >> attempt.failed >> attempt.blocking;
    verdicts.push_back(verdict(use, attempt, own));
  }
  return verdicts;
}

std::string cure_for_other_user(const User& user, const std::string& cure) {
  return "if the program starts as root, like named and nginx, no action is needed: it reads the file before "
         "it changes its "
         "user; if it starts as user '" +
         user.name + "', " + cure;
}

}  // namespace sesam::cli
