// SPDX-License-Identifier: Apache-2.0
// The bundled simulator as a child process.
#pragma once

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

/// The directory of this command's executable file.
std::filesystem::path own_directory();

/// Finds n200-sim: beside the command (as built), in libexec (as installed), or in PATH.
std::optional<std::filesystem::path> find_simulator();

/// Blocks SIGINT, SIGTERM, SIGHUP and SIGCHLD in this thread and those it starts, to wait() for them.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// Waits for one of them for at most `timeout_ms` (-1: no limit). Returns its number; 0: none arrived.
  int wait(int timeout_ms) const;

  const sigset_t& before() const noexcept { return before_; }

 private:
  sigset_t held_, before_;
};

class SimulatorProcess {
 public:
  struct Ready {
    std::string name;  ///< of the device: the CN of its certificate
    std::uint16_t port;
    std::filesystem::path tlscert;
  };

  /// Starts the program; its output goes to the new file `log`. Raises internal.
  static Result<SimulatorProcess> start(const std::filesystem::path& program,
                                        std::vector<std::string> arguments, const std::filesystem::path& log,
                                        const HeldSignals& signals);
  SimulatorProcess(SimulatorProcess&& other) noexcept;
  SimulatorProcess& operator=(SimulatorProcess&&) = delete;
  ~SimulatorProcess();  ///< ends it

  /// Waits until the program has written its --ready-file. Nothing if it ended, if one of `signals` other
  /// than SIGCHLD arrived, or after 30 seconds.
  std::optional<Ready> wait_ready(const std::filesystem::path& ready_file, const HeldSignals& signals);

  /// Whether it still runs; collects its exit status.
  bool runs();

 private:
  explicit SimulatorProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;  // -1: it has ended
};

}  // namespace sesam::cli
