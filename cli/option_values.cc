// SPDX-License-Identifier: Apache-2.0
#include "cli/option_values.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii_case.h"
#include "cli/key_kind.h"
#include "cli/session.h"
#include "n200/curves.h"

namespace sesam::cli {
namespace {

// Changes the name to OpenSSL's capitalization: "p-256" -> "P-256".
std::string normalize_curve(std::string& name) {
  if (n200::curve_named(name.c_str()) != nullptr) return {};
  std::vector<std::string> known = curve_names();
  for (const auto& curve : n200::curves()) known.emplace_back(curve.group);
  const auto found =
      std::ranges::find_if(known, [&](const auto& one) { return equal_ignoring_case(one, name); });
  if (found == known.end())
    return "the device has no curve '" + name + "'; it has " + CLI::detail::join(curve_names(), ", ");
  name = *found;
  return {};
}

}  // namespace

// "TEXT:{name,created}" -> name, created.
std::vector<std::string> listed_values(const CLI::Option& option) {
  const std::string text = option.get_type_name();
  const auto begin = text.find('{'), end = text.rfind('}');
  if (begin == text.npos || end == text.npos || end < begin) return {};
  return CLI::detail::split(text.substr(begin + 1, end - begin - 1), ',');
}

CLI::Option* add_curve_option(CLI::App& command, std::string& curve, const std::string& description) {
  return command.add_option("--curve", curve, description)
      ->transform(CLI::Validator(&normalize_curve, CLI::detail::generate_set(curve_names())));
}

CLI::Validator decimal() {
  auto check = [](const std::string& text) -> std::string {
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    return is_number && (text.size() == 1 || text.front() != '0') ? "" : "expected a decimal number";
  };
  return CLI::Validator(std::move(check), "");
}

CLI::Validator secret_source(std::vector<std::string> words) {
  auto check = [words = std::move(words)](const std::string& source) -> std::string {
    for (const std::string_view start : {"file:", "env:"})
      if (source.starts_with(start) && source.size() > start.size()) return {};
    if (std::ranges::find(words, source) != words.end()) return {};
    std::string expected = "expected file:PATH";
    for (std::size_t i = 0; i <= words.size(); ++i)
      expected += (i == words.size() ? " or " : ", ") + (i == 0 ? "env:NAME" : words[i - 1]);
    return expected;
  };
  return CLI::Validator(std::move(check), "");
}

void refuse_with_json(const Session& session, const CLI::App& command,
                      std::initializer_list<const char*> options) {
  if (!session.json) return;
  for (const char* option : options)
    if (command.count(option) != 0) throw CLI::ValidationError(option, "cannot be used with --json");
}

}  // namespace sesam::cli
