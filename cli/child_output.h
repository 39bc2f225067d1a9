// SPDX-License-Identifier: Apache-2.0
// Runs a program and reads what it prints.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace sesam::cli {

struct ChildOutput {
  int status = -1;   ///< its exit status; -1: it could not be started, was killed, or did not end in time
  std::string text;  ///< stdout and stderr, up to 64 KiB; where it could not be started, why
};

/// Runs words[0], which is searched for in PATH, without a shell and with an empty stdin. Kills it after
/// `limit`.
ChildOutput output_of(const std::vector<std::string>& words, std::chrono::milliseconds limit);

}  // namespace sesam::cli
