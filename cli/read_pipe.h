// SPDX-License-Identifier: Apache-2.0
// What another process writes into a pipe.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace sesam::cli {

struct PipeText {
  std::string text;
  bool has_ended = false;  ///< false: the time was over, or reading failed
  bool is_cut = false;     ///< there was more than `max_bytes`
};

/// Reads until every process has closed its end, or until the time is over. Only the first `max_bytes` are
/// kept; the rest is read, so that no writer waits.
PipeText read_pipe(int descriptor, std::size_t max_bytes, std::chrono::steady_clock::time_point until);

}  // namespace sesam::cli
