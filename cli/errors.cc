// SPDX-License-Identifier: Apache-2.0
#include "cli/errors.h"

#include <iostream>

#include "cli/advice.h"
#include "cli/colour.h"
#include "cli/output.h"

namespace sesam::cli {
namespace {

ErrorForm chosen_form = ErrorForm::text;

void print_line(const Json& json) { std::cerr << line_of(json) << '\n'; }

void print_changes_as_text(const std::vector<std::string>& changes) {
  for (const auto& change : changes) std::cerr << "sesam: " << printable(change) << '\n';
}

void print_text(std::string_view problem, std::string_view meant, const std::vector<std::string>& changes) {
  std::cerr << styled("sesam:", Style::error, Stream::errors) << ' ' << printable(problem) << '\n';
  if (!meant.empty()) std::cerr << "Did you mean '" << printable(meant) << "'?\n";
  print_changes_as_text(changes);
}

}  // namespace

void set_error_form(ErrorForm form) noexcept { chosen_form = form; }

ErrorForm error_form() noexcept { return chosen_form; }

std::string text_of(const Error& error) {
  std::string text = sesam::text_of(error.reason);
  if (!error.detail.empty()) text += ": " + error.detail;
  if (const std::string advice = advice_in_command(error.reason); !advice.empty()) text += "; " + advice;
  return text;
}

void print_error(const Error& error, std::string_view meant, const std::vector<std::string>& changes) {
  if (chosen_form == ErrorForm::text) return print_text(text_of(error), meant, changes);
  Json json = {{"reason", name_of(error.reason)}, {"message", text_of(error)}};
  if (!error.detail.empty()) json["detail"] = error.detail;
  if (const std::string advice = advice_in_command(error.reason); !advice.empty()) json["advice"] = advice;
  if (!meant.empty()) json["did_you_mean"] = meant;
  if (!changes.empty()) json["changes"] = changes;
  print_line({{"error", json}});
}

void print_error(std::string_view reason, std::string_view problem, std::string_view meant,
                 const std::vector<std::string>& changes) {
  if (chosen_form == ErrorForm::text) return print_text(problem, meant, changes);
  Json json = {{"reason", reason}, {"message", problem}};
  if (!meant.empty()) json["did_you_mean"] = meant;
  if (!changes.empty()) json["changes"] = changes;
  print_line({{"error", json}});
}

void print_changes(const std::vector<std::string>& changes) {
  if (chosen_form == ErrorForm::text) return print_changes_as_text(changes);
  for (const auto& change : changes) print_line({{"warning", change}});
}

void print_warning(std::string_view text) {
  if (chosen_form == ErrorForm::json) return print_line({{"warning", text}});
  std::cerr << styled("sesam: warning:", Style::warning, Stream::errors) << ' ' << printable(text) << '\n';
}

}  // namespace sesam::cli
