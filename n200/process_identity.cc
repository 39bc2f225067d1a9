// SPDX-License-Identifier: Apache-2.0
#include "n200/process_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>

namespace sesam::n200 {
namespace {

constexpr unsigned kStateField = 3;  // proc(5), "stat"
constexpr unsigned kStartField = 22;

std::string_view read_stat(pid_t pid, std::array<char, 1024>& buffer) noexcept {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%ld/stat", static_cast<long>(pid));
  const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (fd == -1) return {};
  const ssize_t length = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  return length > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(length)) : std::string_view();
}

// The second field is the program's name in parentheses, which may contain blanks and parentheses.
std::string_view field_of(std::string_view stat, unsigned number) noexcept {
  stat.remove_prefix(std::min(stat.rfind(')'), stat.size()));
  for (unsigned i = 2; i < number && !stat.empty(); ++i)
    stat.remove_prefix(std::min(stat.find(' ') + 1, stat.size()));
  return stat.substr(0, stat.find(' '));
}

std::uint64_t start_in(std::string_view stat) noexcept {
  const auto text = field_of(stat, kStartField);
  std::uint64_t started = 0;
  std::from_chars(text.data(), text.data() + text.size(), started);
  return started;
}

ino_t own_pid_namespace() noexcept {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

}  // namespace

ProcessIdentity this_process() noexcept {
  std::array<char, 1024> buffer{};
  return {::getpid(), start_in(read_stat(::getpid(), buffer)), own_pid_namespace()};
}

bool has_ended(const ProcessIdentity& process) noexcept {
  if (process.pid_namespace != own_pid_namespace()) return false;
  std::array<char, 1024> buffer{};
  const auto stat = read_stat(process.pid, buffer);
  if (stat.empty() || process.started == 0) return ::kill(process.pid, 0) != 0 && errno == ESRCH;
  const auto state = field_of(stat, kStateField);
  return state == "Z" || state == "X" || start_in(stat) != process.started;
}

}  // namespace sesam::n200
