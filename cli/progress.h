// SPDX-License-Identifier: Apache-2.0
// The progress of a long operation: a line on stderr, if that is a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace sesam::cli {

class Progress {
 public:
  explicit Progress(std::size_t total);
  /// Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Starts the next item, `name`.
  void next(std::string_view name);
  /// Clears the line, so that other output can follow on stderr.
  void clear() const;

 private:
  std::size_t total_;
  std::size_t number_ = 0;
  bool shown_;
};

}  // namespace sesam::cli
