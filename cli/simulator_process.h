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

/// The directory of the running command's own file.
std::filesystem::path own_directory();

/// Where n200-sim is: beside the command (as built), in libexec (as installed), or in PATH.
std::optional<std::filesystem::path> find_simulator();

/// SIGINT, SIGTERM, SIGHUP and SIGCHLD, held back from this thread and those it starts, and taken one by one.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// Waits for one of them, `timeout_ms` at most (-1: for ever). 0: none came.
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

  /// Its output goes into the new file `log`. Raises internal.
  static Result<SimulatorProcess> start(const std::filesystem::path& program,
                                        std::vector<std::string> arguments, const std::filesystem::path& log,
                                        const HeldSignals& signals);
  SimulatorProcess(SimulatorProcess&& other) noexcept;
  SimulatorProcess& operator=(SimulatorProcess&&) = delete;
  ~SimulatorProcess();  ///< ends it

  /// Waits until it has written the file that its --ready-file names. Nothing: it ended, one of `signals`
  /// came, or half a minute is over.
  std::optional<Ready> wait_ready(const std::filesystem::path& ready_file, const HeldSignals& signals);

  /// Whether it still runs; collects its exit status.
  bool runs();

 private:
  explicit SimulatorProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;  // -1: it has ended
};

}  // namespace sesam::cli
