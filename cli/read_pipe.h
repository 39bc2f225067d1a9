// SPDX-License-Identifier: Apache-2.0
// Reads what another process writes into a pipe.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace sesam::cli {

struct PipeText {
  std::string text;
  bool has_ended = false;  ///< false: timeout, or reading failed
  bool is_cut = false;     ///< there was more than `max_bytes`
};

/// Reads until every writer has closed its end, or until the given time. Keeps only the first `max_bytes`;
/// discards the rest, so that no writer blocks.
PipeText read_pipe(int descriptor, std::size_t max_bytes, std::chrono::steady_clock::time_point until);

}  // namespace sesam::cli
