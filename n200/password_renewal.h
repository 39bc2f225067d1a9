// SPDX-License-Identifier: Apache-2.0
// Reads the password's file again when the device refuses the password, because it may have been changed.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptors.h"
#include "base/log.h"
#include "base/secret_file.h"
#include "transport/passwords.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// Shared by all threads of a device.
class PasswordRenewal {
 public:
  using Clock = std::chrono::steady_clock;

  PasswordRenewal(SecretFile file, std::shared_ptr<const Log> log);

  /// The device refused the password with that number (transport/passwords.h). Returns true if there is a
  /// newer one to try. The file is read until that succeeds, and again after each change, so that each
  /// password in it is tried once. One thread reads; others wait for it, until their deadline at most.
  bool has_newer(unsigned refused, transport::Pipeline& pipeline, Clock::time_point until, bool pauses_job);

 private:
  bool read(transport::Passwords& passwords);
  void report(const FileState& state, std::string_view problem);

  const SecretFile file_;
  const std::shared_ptr<const Log> log_;
  FileIdentity root_;                 // the root directory in which the path was found
  std::atomic<unsigned> reading_{0};  // fork_generation() + 1 of the process whose thread is reading; 0: none
  // Used by the reading thread only:
  std::optional<FileState> seen_;
  std::optional<FileState> reported_;
  std::string problem_;  // that was reported with that state
};

}  // namespace sesam::n200
