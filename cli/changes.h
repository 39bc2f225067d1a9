// SPDX-License-Identifier: Apache-2.0
// What a command has changed, on the device and in files, so that a failure can report it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

class Changes {
 public:
  /// Adds "key 'web' (…) was created on the device". From then on, a broken pipe does not end the process.
  void add(std::string text);
  /// Returns the changes that were not reported yet, for the caller to report.
  std::vector<std::string> take();

  /// Remembers an error with an unknown outcome, for a command that continues after it.
  void note(const Error& error) noexcept;
  bool is_outcome_unknown() const noexcept { return is_outcome_unknown_; }

 private:
  std::vector<std::string> texts_;
  bool is_outcome_unknown_ = false;
};

/// Called once, by main(): a broken pipe ends the process silently, as usual, but only until something
/// was changed. After that, the write fails, and main() reports the changes. Child programs are not
/// affected.
void handle_broken_pipes() noexcept;

}  // namespace sesam::cli
