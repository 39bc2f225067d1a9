// SPDX-License-Identifier: Apache-2.0
// What `sesam doctor` finds: one step after the other, each told as soon as it is done.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/output.h"

namespace sesam::cli {

class Checkup {
 public:
  struct Step {
    std::string name;
    Mark mark;
    std::string finding;
    std::string cure;  ///< of a bad one
  };

  /// `silent`: nothing is printed, the steps are wanted as JSON.
  explicit Checkup(bool silent) : silent_(silent) {}

  void good(std::string_view name, std::string finding);
  void bad(std::string_view name, std::string finding, std::string cure);
  /// The cure is the error's own advice.
  void bad(std::string_view name, const Error& error);
  /// Steps that cannot be done, and why.
  void skip(std::initializer_list<std::string_view> names, const std::string& why);

  const std::vector<Step>& steps() const noexcept { return steps_; }
  bool all_well() const noexcept;

 private:
  void add(Step step);

  bool silent_;
  std::vector<Step> steps_;
};

}  // namespace sesam::cli
