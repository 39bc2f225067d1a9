// SPDX-License-Identifier: Apache-2.0
#include "cli/child_output.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "cli/read_pipe.h"

namespace sesam::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Returns 0, or an errno value if the program cannot be started.
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

// Waits for the exit: a program may close its output before it ends.
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
    auto pipe = read_pipe(ends[0], max_text, until);
    output.text = std::move(pipe.text);
    output.is_cut = pipe.is_cut;
    const bool has_ended = pipe.has_ended && ends_by(pid, &status, until);
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
