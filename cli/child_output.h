// SPDX-License-Identifier: Apache-2.0
// Runs a program and reads what it prints.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace sesam::cli {

struct ChildOutput {
  int status = -1;      ///< its exit status; -1: it could not be started, was killed, or did not end in time
  std::string text;     ///< the first bytes of stdout and stderr, or why the program could not be started
  bool is_cut = false;  ///< the program printed more than that
};

constexpr std::size_t kMaxMessage = 64 * 1024;

/// Runs words[0], found in PATH, without a shell and with an empty stdin. Kills it after `limit`. Keeps up to
/// `max_text` bytes of its output.
ChildOutput output_of(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                      std::size_t max_text = kMaxMessage);

}  // namespace sesam::cli
