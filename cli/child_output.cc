// SPDX-License-Identifier: Apache-2.0
#include "cli/child_output.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

namespace sesam::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Its error number; 0 if the program runs.
int spawn(pid_t* pid, const std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  const int failed = posix_spawnp(pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

// Reads until the end; false where the time is over.
bool read_all(int descriptor, ChildOutput& output, std::size_t max_text, Clock::time_point until) {
  char block[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd wanted{descriptor, POLLIN, 0};
    if (left <= 0 || (::poll(&wanted, 1, static_cast<int>(left)) <= 0 && errno != EINTR)) return false;
    if (wanted.revents == 0) continue;
    const ssize_t got = ::read(descriptor, block, sizeof block);
    if (got == 0) return true;
    if (got < 0 && errno != EINTR) return false;
    if (got <= 0) continue;
    const auto kept = std::min(static_cast<std::size_t>(got), max_text - output.text.size());
    output.text.append(block, kept);
    output.is_cut = output.is_cut || kept < static_cast<std::size_t>(got);
  }
}

// A program may close its output before it ends.
bool ends_by(pid_t pid, int* status, Clock::time_point until) {
  constexpr std::chrono::milliseconds kLook{5};
  for (;;) {
    if (::waitpid(pid, status, WNOHANG) == pid) return true;
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

ChildOutput output_of(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                      std::size_t max_text) {
  const auto until = Clock::now() + limit;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {-1, std::strerror(errno), false};
  pid_t pid = -1;
  const int failed = spawn(&pid, words, ends[1]);
  ::close(ends[1]);
  ChildOutput output;
  if (failed != 0) {
    output.text = words.front() + ": " + std::strerror(failed);
  } else {
    int status = 0;
    const bool has_ended = read_all(ends[0], output, max_text, until) && ends_by(pid, &status, until);
    if (has_ended && WIFEXITED(status)) output.status = WEXITSTATUS(status);
    if (!has_ended) {
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      output.text = words.front() + " did not end in time";
    }
  }
  ::close(ends[0]);
  return output;
}

}  // namespace sesam::cli
