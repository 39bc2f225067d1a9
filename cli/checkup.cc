// SPDX-License-Identifier: Apache-2.0
#include "cli/checkup.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "cli/advice.h"

namespace sesam::cli {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Checkup::Checkup(bool silent) : out_(silent ? nullptr : &std::cout) {}

void Checkup::good(std::string_view name, std::string finding) {
  add(name, Mark::good, std::move(finding), {});
}

void Checkup::warn(std::string_view name, std::string finding, std::string cure) {
  add(name, Mark::warning, std::move(finding), std::move(cure));
}

void Checkup::bad(std::string_view name, std::string finding, std::string cure) {
  add(name, Mark::bad, std::move(finding), std::move(cure));
}

void Checkup::bad(std::string_view name, const Error& error) {
  bad(name, error, advice_in_doctor(error.reason));
}

void Checkup::bad(std::string_view name, const Error& error, std::string cure) {
  const std::string detail = error.detail.empty() ? "" : ": " + error.detail;
  bad(name, sesam::text_of(error.reason) + detail, std::move(cure));
}

void Checkup::skip(std::initializer_list<std::string_view> names, const std::string& why) {
  for (const auto name : names) add(name, Mark::skipped, "skipped: " + why, {});
}

std::size_t Checkup::count(Mark mark) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(steps_.begin(), steps_.end(), [mark](const Step& step) { return step.mark == mark; }));
}

std::string Checkup::summary() const {
  const std::size_t bad = count(Mark::bad);
  const std::size_t warnings = count(Mark::warning);
  const std::size_t skipped = count(Mark::skipped);
  std::string text = bad == 0 ? "No problem found" : counted(bad, "problem") + " found";
  if (warnings != 0) text += ", " + counted(warnings, "warning");
  if (skipped != 0) text += ", " + counted(skipped, "check") + " skipped";
  if (bad != 0) text += ": correct the first problem, then run sesam doctor again";
  return text + ".";
}

void Checkup::add(std::string_view name, Mark mark, std::string finding, std::string cure) {
  Step step{std::string(name), node_, mark, std::move(finding), std::move(cure)};
  if (out_ != nullptr) {
    *out_ << (out_ == &std::cout ? coloured(step.mark) : std::string(text_of(step.mark))) << ' ' << step.name
          << (step.node.empty() ? "" : " of " + step.node) << ": " << printable(step.finding) << '\n';
    if (!step.cure.empty()) *out_ << (speaks_utf8() ? "  → " : "  -> ") << printable(step.cure) << '\n';
    out_->flush();  // the next step may take a while
  }
  steps_.push_back(std::move(step));
}

}  // namespace sesam::cli
