// SPDX-License-Identifier: Apache-2.0
#include "cli/simulate_shell.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "cli/errors.h"

namespace sesam::cli {
namespace {

constexpr int kNotFound = 127;      // as in a shell
constexpr int kSignalOffset = 128;  // likewise
constexpr int kGraceMs = 5000;      // for the shell to end by itself

std::vector<std::string> users_shell() {
  const char* shell = std::getenv("SHELL");
  std::vector<std::string> words{shell != nullptr && *shell == '/' ? shell : "/bin/sh"};
  if (::isatty(STDIN_FILENO) == 1) words.emplace_back("-i");
  return words;
}

// Leaves out variables that would select another configuration.
std::vector<std::string> environment_for(const std::filesystem::path& cnf) {
  std::vector<std::string> variables{"OPENSSL_CONF=" + cnf.string()};
  std::string path = own_directory().string();
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view variable(*one);
    if (variable.starts_with("PATH="))
      path += ":" + std::string(variable.substr(sizeof "PATH=" - 1));
    else if (!variable.starts_with("OPENSSL_CONF=") && !variable.starts_with("N200_CONF="))
      variables.emplace_back(variable);
  }
  variables.push_back("PATH=" + path);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Returns 0 or an errno value.
int spawn(pid_t* pid, std::vector<std::string>& command, std::vector<std::string> variables,
          const sigset_t& mask) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int failed = posix_spawnp(pid, command.front().c_str(), nullptr, &attributes,
                                  pointers_to(command).data(), pointers_to(variables).data());
  posix_spawnattr_destroy(&attributes);
  return failed;
}

int exit_status(int status) noexcept {
  return WIFSIGNALED(status) ? kSignalOffset + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<int> run_in_shell(std::vector<std::string> command, const std::filesystem::path& cnf,
                         SimulatorProcess& simulator, const HeldSignals& signals) {
  if (command.empty()) command = users_shell();
  pid_t pid = -1;
  if (const int failed = spawn(&pid, command, environment_for(cnf), signals.before()); failed != 0) {
    if (failed != ENOENT) return Error{Reason::bad_argument, command.front() + ": " + std::strerror(failed)};
    print_error(name_of(Reason::bad_argument), command.front() + ": command not found");
    return kNotFound;
  }
  bool is_device_there = true;
  bool is_ending = false;
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    const int signal = signals.wait(is_ending ? kGraceMs : -1);
    if (signal == 0 && is_ending) ::kill(pid, SIGKILL);
    if (signal == SIGTERM ||
        signal == SIGHUP) {  // an interactive shell ignores SIGTERM and gets SIGINT itself
      is_ending = true;
      ::kill(pid, SIGHUP);
    }
    if (signal == SIGCHLD && is_device_there && !simulator.runs()) {
      is_device_there = false;
      print_warning("the simulated device ended");
    }
  }
  return exit_status(status);
}

}  // namespace sesam::cli
