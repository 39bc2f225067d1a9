// SPDX-License-Identifier: Apache-2.0
// How far a long operation is: a line on stderr, if that is a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace sesam::cli {

class Progress {
 public:
  explicit Progress(std::size_t total);
  /// Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Begins with the next one, `name`.
  void next(std::string_view name);
  /// Makes room for another line on stderr.
  void clear() const;

 private:
  std::size_t total_;
  std::size_t number_ = 0;
  bool shown_;
};

}  // namespace sesam::cli
