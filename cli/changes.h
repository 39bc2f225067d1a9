// SPDX-License-Identifier: Apache-2.0
// What a command has changed, on the device and in files, so that a failure can report it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

class Changes {
 public:
  /// "key 'web' (…) was created on the device". From now on a broken pipe does not end the process.
  void add(std::string text);
  /// Those that were not reported yet; the caller reports them.
  std::vector<std::string> take();

  /// Remembers whether the outcome of a request is unknown, for a command that goes on after the error.
  void note(const Error& error) noexcept;
  bool is_outcome_unknown() const noexcept { return is_outcome_unknown_; }

 private:
  std::vector<std::string> texts_;
  bool is_outcome_unknown_ = false;
};

/// Once, in main(): a broken pipe ends the process silently, as usual, but only while nothing was changed.
/// Afterwards the write fails, and main() reports what was changed. Programs that are started are not
/// affected.
void handle_broken_pipes() noexcept;

}  // namespace sesam::cli
