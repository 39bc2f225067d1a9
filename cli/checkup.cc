// SPDX-License-Identifier: Apache-2.0
#include "cli/checkup.h"

#include <algorithm>
#include <iostream>

namespace sesam::cli {

void Checkup::good(std::string_view name, std::string finding) {
  add({std::string(name), Mark::good, std::move(finding), {}});
}

void Checkup::bad(std::string_view name, std::string finding, std::string cure) {
  add({std::string(name), Mark::bad, std::move(finding), std::move(cure)});
}

void Checkup::bad(std::string_view name, const Error& error) {
  const std::string detail = error.detail.empty() ? "" : ": " + error.detail;
  bad(name, sesam::text_of(error.reason) + detail, advice_for(error.reason));
}

void Checkup::skip(std::initializer_list<std::string_view> names, const std::string& why) {
  for (const auto name : names) add({std::string(name), Mark::skipped, "skipped: " + why, {}});
}

bool Checkup::all_well() const noexcept {
  return std::none_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.mark == Mark::bad; });
}

void Checkup::add(Step step) {
  if (!silent_) {
    std::cout << text_of(step.mark) << ' ' << step.name << ": " << printable(step.finding) << '\n';
    if (!step.cure.empty()) std::cout << (speaks_utf8() ? "  → " : "  -> ") << printable(step.cure) << '\n';
    std::cout.flush();  // the next step may take its time
  }
  steps_.push_back(std::move(step));
}

}  // namespace sesam::cli
