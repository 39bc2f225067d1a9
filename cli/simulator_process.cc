// SPDX-License-Identifier: Apache-2.0
#include "cli/simulator_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "n200-sim";
constexpr int kLookMs = 20;
constexpr int kLooks = 1500;

bool is_program(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::optional<SimulatorProcess::Ready> read_ready(const fs::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return SimulatorProcess::Ready{json.at("name"), json.at("port"), json.at("tlscert").get<std::string>()};
}

// Settings for posix_spawn(3): the log as output, and the original signal mask.
class SpawnSettings {
 public:
  SpawnSettings(const fs::path& log, const sigset_t& mask) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_EXCL,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &mask);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  int spawn(pid_t* pid, const fs::path& program, char* const arguments[]) const {
    return posix_spawn(pid, program.c_str(), &actions_, &attributes_, arguments, environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

fs::path own_directory() {
  std::error_code failed;
  const fs::path self = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path() : self.parent_path();
}

std::optional<fs::path> find_simulator() {
  std::vector<fs::path> places{own_directory(), own_directory().parent_path() / SESAM_LIBEXEC_DIR / "sesam"};
  const char* path = std::getenv("PATH");
  std::istringstream directories(path != nullptr ? path : "");
  for (std::string directory; std::getline(directories, directory, ':');) places.emplace_back(directory);
  for (const auto& place : places)
    if (place.is_absolute() && is_program(place / kProgram)) return place / kProgram;
  return std::nullopt;
}

HeldSignals::HeldSignals() {
  sigemptyset(&held_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&held_, signal);
  pthread_sigmask(SIG_BLOCK, &held_, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int HeldSignals::wait(int timeout_ms) const {
  const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  const int signal = timeout_ms < 0 ? sigwaitinfo(&held_, nullptr) : sigtimedwait(&held_, nullptr, &timeout);
  return signal > 0 ? signal : 0;
}

Result<SimulatorProcess> SimulatorProcess::start(const fs::path& program, std::vector<std::string> arguments,
                                                 const fs::path& log, const HeldSignals& signals) {
  std::string name = program.string();
  std::vector<char*> words{name.data()};
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t pid = -1;
  const int error = SpawnSettings(log, signals.before()).spawn(&pid, program, words.data());
  if (error != 0) return Error{Reason::internal, "cannot start " + name + ": " + std::strerror(error)};
  return SimulatorProcess(pid);
}

SimulatorProcess::SimulatorProcess(SimulatorProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

SimulatorProcess::~SimulatorProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool SimulatorProcess::runs() {
  if (pid_ >= 0 && waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
  return pid_ >= 0;
}

std::optional<SimulatorProcess::Ready> SimulatorProcess::wait_ready(const fs::path& ready_file,
                                                                    const HeldSignals& signals) {
  for (int look = 0; look < kLooks; ++look) {
    if (auto ready = read_ready(ready_file)) return ready;
    const int signal = signals.wait(kLookMs);
    if (!runs() || (signal != 0 && signal != SIGCHLD)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sesam::cli
