// SPDX-License-Identifier: Apache-2.0
// The findings of `sesam doctor`: one step after the other, each printed as soon as it is done.
#pragma once

#include <initializer_list>
#include <iosfwd>
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
    std::string node;  ///< its URL, if the step is about one of several nodes
    Mark mark;
    std::string finding;
    std::string cure;  ///< of a failed step or a warning
  };

  /// Prints to `out`; null: prints nothing, because the steps are printed as JSON later.
  explicit Checkup(std::ostream* out) : out_(out) {}
  /// Prints to stdout unless `silent`.
  explicit Checkup(bool silent);

  void good(std::string_view name, std::string finding);
  /// Programs work, but something needs attention.
  void warn(std::string_view name, std::string finding, std::string cure);
  void bad(std::string_view name, std::string finding, std::string cure);
  /// The cure is the error's own advice.
  void bad(std::string_view name, const Error& error);
  void bad(std::string_view name, const Error& error, std::string cure);
  /// Marks steps as skipped, with the reason.
  void skip(std::initializer_list<std::string_view> names, const std::string& why);

  /// The following steps are about the node with this URL; empty: about no particular node.
  void set_node(std::string url) { node_ = std::move(url); }

  const std::vector<Step>& steps() const noexcept { return steps_; }
  std::size_t count(Mark mark) const noexcept;
  bool is_healthy() const noexcept { return count(Mark::bad) == 0; }
  /// One sentence about all steps.
  std::string summary() const;

 private:
  void add(std::string_view name, Mark mark, std::string finding, std::string cure);

  std::ostream* out_;
  std::string node_;
  std::vector<Step> steps_;
};

}  // namespace sesam::cli
