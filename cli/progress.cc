// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <unistd.h>

#include <iostream>
#include <string>

#include "cli/output.h"

namespace sesam::cli {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kMaxName = 30;                // so that a line fits 80 columns, and can be cleared
constexpr std::string_view kWipeLine = "\r\x1b[K";  // ECMA-48, EL

}  // namespace

Progress::Progress(std::size_t total) : total_(total), shown_(total > 1 && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { clear(); }

void Progress::clear() const {
  if (shown_) std::cerr << kWipeLine << std::flush;
}

void Progress::next(std::string_view name) {
  const std::size_t done = number_++;
  if (!shown_) return;
  const std::size_t full = kBarWidth * done / total_;
  std::cerr << kWipeLine << '[' << std::string(full, '#') << std::string(kBarWidth - full, '.') << "] "
            << number_ << '/' << total_ << ' ' << printable(name).substr(0, kMaxName) << std::flush;
}

}  // namespace sesam::cli
