// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/closest.h"
#include "cli/errors.h"
#include "cli/option_values.h"

namespace sesam::cli {
namespace {

constexpr char kUsage[] = "usage";  // the reason, for programs

// "--pin=1234" -> "--pin", "-p1234" -> "-p".
std::string name_of_option(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

void add_options_of(const CLI::App& app, std::vector<std::string>& names) {
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
}

std::string meant_option(const CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  add_options_of(app, names);
  if (const CLI::App& command = chosen_command(app); &command != &app) add_options_of(command, names);
  return closest_to(name, names);
}

std::string meant_subcommand(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* command :
       app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    names.push_back(command->get_name());
  return closest_to(word, names);
}

// Reports an unknown subcommand or option, without its value. Omits other words, which may be a PIN.
void report_unexpected(const CLI::App& app, const std::vector<std::string>& words) {
  if (app.get_subcommands().empty() && !words.front().starts_with('-'))
    return print_error(kUsage, "unknown subcommand '" + words.front() + "'",
                       meant_subcommand(app, words.front()));
  for (const auto& word : words) {
    if (!word.starts_with('-')) continue;
    const std::string name = name_of_option(word);
    const bool is_pin = name == "--pin";
    return print_error(kUsage,
                       "unknown option '" + name + "'" + (is_pin ? "; use --pin-source for a PIN" : ""),
                       is_pin ? "" : meant_option(app, name));
  }
  print_error(kUsage, "too many arguments");
}

const CLI::Option* option_named(const CLI::App& app, const std::string& name) {
  const auto* own = chosen_command(app).get_option_no_throw(name);
  return own != nullptr ? own : app.get_option_no_throw(name);
}

std::string usage_of(const CLI::App& app) {
  const CLI::App& command = chosen_command(app);
  return "sesam " + (&command == &app ? "" : command.get_name() + " ") + "--help";
}

// The listed value that an option's value was probably meant to be. `problem` begins with its name.
std::string meant_value(const CLI::App& app, const std::string& problem) {
  const std::string name = problem.substr(0, problem.find(": "));
  const auto* option = name.starts_with("--") ? option_named(app, name) : nullptr;
  if (option == nullptr || option->results().empty()) return {};
  return closest_to(option->results().back(), listed_values(*option));
}

bool needs_text(const CLI::App& app, const std::string& name) {
  const auto* option = option_named(app, name);
  constexpr std::string_view kMayBeEmpty = "--user";  // of setup: the device needs no user
  return name != kMayBeEmpty && option != nullptr && option->get_items_expected_max() > 0;
}

[[noreturn]] void refuse_empty(const std::string& name) {
  throw CLI::ValidationError(name, "must not be empty");
}

// Checks the words: CLI11 takes the next word as the value of "--name=", and treats an empty value of an
// option with an optional value as absent.
void refuse_empty_options(const CLI::App& app, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    const bool is_empty =
        name == words[i] ? i + 1 < words.size() && words[i + 1].empty() : name.size() + 1 == words[i].size();
    if (is_empty && name.starts_with('-') && needs_text(app, name)) refuse_empty(name);
  }
}

void refuse_empty_arguments(const CLI::App& command) {
  constexpr std::string_view kOfAnotherProgram = "COMMAND";
  for (const auto* option : command.get_options()) {
    const auto& given = option->results();
    if (option->get_positional() && option->get_name() != kOfAnotherProgram &&
        std::find(given.begin(), given.end(), "") != given.end())
      refuse_empty(option->get_name());
  }
}

// CLI11 splits "[a,b]" into several arguments. A zero byte, which no argument contains, prevents that until a
// transformation of each option removes it.
constexpr char kMark = '\0';

std::string unmarked(std::string word) {
  if (word.ends_with(kMark)) word.pop_back();
  return word;
}

void remove_marks(CLI::App& app) {
  const CLI::Validator remove(
      [](std::string& word) {
        word = unmarked(std::move(word));
        return std::string();
      },
      "");
  for (auto* option : app.get_options()) option->transform(remove);
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) remove_marks(*command);
}

// In reverse order, as CLI11 expects.
std::vector<std::string> words_for_cli11(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  bool is_marked = false;
  for (auto& word : reversed)
    if (word.starts_with('[') && word.ends_with(']')) {
      word += kMark;
      is_marked = true;
    }
  if (is_marked) remove_marks(app);
  return reversed;
}

}  // namespace

void parse(CLI::App& app, const std::vector<std::string>& words) {
  const auto refuse_empty_values = [&] {
    refuse_empty_options(app, words);
    refuse_empty_arguments(chosen_command(app));
  };
  try {
    app.parse(words_for_cli11(app, words));
  } catch (const CLI::Success&) {
    throw;  // help or version
  } catch (const CLI::ParseError&) {
    refuse_empty_values();  // gives a better message
    throw;
  }
  refuse_empty_values();
}

const CLI::App& chosen_command(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : *commands.front();
}

bool report_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    app.exit(error);
    return false;
  }
  // For an unknown subcommand, CLI11 reports that one is required.
  auto left = app.remaining(true);
  for (auto& word : left) word = unmarked(std::move(word));
  const bool is_unknown = error.get_name() == "RequiredError" && app.get_subcommands().empty();
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if ((is_unknown || is_extra) && !left.empty())
    report_unexpected(app, left);
  else
    print_error(kUsage, error.what(), meant_value(app, error.what()));
  if (error_form() == ErrorForm::text) std::cerr << "Run '" << usage_of(app) << "' for more information.\n";
  return true;
}

}  // namespace sesam::cli
