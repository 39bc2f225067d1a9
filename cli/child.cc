// SPDX-License-Identifier: Apache-2.0
#include "cli/child.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "base/quiet_write.h"
#include "cli/read_pipe.h"

namespace sesam::cli {
namespace {

constexpr char kOk = '+';  // the first byte that a successful child writes
constexpr int kMaxGroups = 1024;

const passwd* entry_of(const std::string& name) {
  if (const passwd* found = ::getpwnam(name.c_str())) return found;
  uid_t uid = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), uid);
  return failed == std::errc{} && end == name.data() + name.size() ? ::getpwuid(uid) : nullptr;
}

std::string name_of_group(gid_t gid) {
  const group* found = ::getgrgid(gid);
  return found == nullptr ? std::to_string(gid) : found->gr_name;
}

User user_of(const passwd& entry) {
  User user{entry.pw_name, name_of_group(entry.pw_gid), entry.pw_uid, entry.pw_gid, {}};
  user.groups.resize(kMaxGroups);
  int count = kMaxGroups;
  const int found = ::getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count);
  user.groups.resize(static_cast<std::size_t>(std::clamp(found == -1 ? kMaxGroups : count, 0, kMaxGroups)));
  return user;
}

// Another user's code must not reach this command's terminal.
bool leave_terminal() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return null != -1 && ::setsid() != -1 && ::dup2(null, STDIN_FILENO) != -1 &&
         ::dup2(null, STDOUT_FILENO) != -1 && ::dup2(null, STDERR_FILENO) != -1;
}

bool become(const User& user) {
  if (::geteuid() == user.uid && ::getuid() == user.uid) return true;
  return leave_terminal() && ::setgroups(user.groups.size(), user.groups.data()) == 0 &&
         ::setresgid(user.gid, user.gid, user.gid) == 0 && ::setresuid(user.uid, user.uid, user.uid) == 0;
}

[[noreturn]] void work_and_end(int fd, const User* user, const std::function<std::string()>& work) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);  // a crash must not leave a core file
  std::string result = "cannot become user '" + (user == nullptr ? "" : user->name) + "': ";
  try {
    if (user == nullptr || become(*user))
      result = kOk + work();
    else
      result += std::strerror(errno);
  } catch (const std::exception& error) {
    result = error.what();
  }
  for (std::string_view rest = result; !rest.empty();) {
    const ssize_t written = write_quietly(fd, rest);
    if (written == -1 && errno != EINTR) break;
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(0);
}

Error how_it_ended(int status) {
  if (WIFSIGNALED(status))
    return {Reason::internal, std::string("the process that tried it was killed by signal ") +
                                  std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) +
                                  ")"};
  return {Reason::internal,
          "the process that tried it ended with status " + std::to_string(WEXITSTATUS(status))};
}

}  // namespace

Result<User> find_user(const std::string& name) {
  const passwd* found = entry_of(name);
  if (found == nullptr) return Error{Reason::bad_argument, "--as " + name + ": no such user"};
  if (::geteuid() != 0 && ::geteuid() != found->pw_uid)
    return Error{Reason::bad_argument,
                 "--as " + name + ": only root can check as another user; run sesam doctor as root"};
  return user_of(*found);
}

User own_user() {
  if (const passwd* found = ::getpwuid(::geteuid())) return user_of(*found);
  return {std::to_string(::geteuid()), name_of_group(::getegid()), ::geteuid(), ::getegid(), {}};
}

Result<std::string> in_child(const User* user, std::chrono::milliseconds limit,
                             const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{Reason::process_limit, std::strerror(errno)};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_and_end(ends[1], user, work);
  }
  const int failed = errno;
  ::close(ends[1]);
  if (child == -1) {
    ::close(ends[0]);
    return Error{Reason::process_limit, std::strerror(failed)};
  }
  constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();
  const auto [text, has_ended, is_cut] =
      read_pipe(ends[0], kNoLimit, std::chrono::steady_clock::now() + limit);
  ::close(ends[0]);
  if (!has_ended) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  if (!has_ended)
    return Error{Reason::timed_out, "no result within " + std::to_string(limit.count()) + " ms"};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || text.empty()) return how_it_ended(status);
  if (text.front() != kOk) return Error{Reason::bad_argument, text};
  return text.substr(1);
}

}  // namespace sesam::cli
