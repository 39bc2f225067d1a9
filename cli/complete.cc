// SPDX-License-Identifier: Apache-2.0
#include "cli/complete.h"

#include <iostream>
#include <set>
#include <string_view>

#include "cli/key_suggestion.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "config/configuration.h"
#include "n200/uri.h"

namespace sesam::cli {
namespace {

constexpr const char* kDigests[] = {"SHA1",     "SHA224",   "SHA256",   "SHA384",  "SHA512",
                                    "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"};

// The state of the command line before the word to complete.
struct Context {
  const CLI::App* command;
  const CLI::Option* waiting = nullptr;  // the option whose value is next
  std::size_t positionals = 0;
  bool options_ended = false;  // by "--"
};

struct Candidate {
  std::string word, description;
};
using Candidates = std::vector<Candidate>;

const CLI::Option* option_named(const CLI::App& app, const CLI::App& command, const std::string& name) {
  const CLI::Option* option = command.get_option_no_throw(name);
  return option != nullptr ? option : app.get_option_no_throw(name);
}

const CLI::App* subcommand_named(const CLI::App& app, const std::string& name) {
  const auto found = app.get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// Applies the global options that select the device.
void apply(const CLI::Option& option, const std::string& value, Session& session) {
  if (option.check_lname("config")) session.config = value;
  if (option.check_lname("section")) session.section = value;
  if (option.check_lname("set") && value.find('=') != value.npos) session.set.push_back(value);
}

void step(const CLI::App& app, const std::string& word, Context& context, Session& session) {
  if (context.waiting != nullptr) {
    apply(*context.waiting, word, session);
    context.waiting = nullptr;
    return;
  }
  if (!context.options_ended && word.starts_with('-')) {
    context.options_ended = word == "--";
    const auto equals = word.find('=');
    const auto* option = option_named(app, *context.command, word.substr(0, equals));
    if (option == nullptr || !takes_value(*option)) return;
    if (equals == word.npos)
      context.waiting = option;
    else
      apply(*option, word.substr(equals + 1), session);
    return;
  }
  const auto* command = context.command == &app ? subcommand_named(app, word) : nullptr;
  if (command != nullptr)
    context.command = command;
  else
    ++context.positionals;
}

const CLI::Option* positional(const Context& context) {
  const CLI::Option* last = nullptr;
  std::size_t number = 0;
  for (const auto* option :
       context.command->get_options([](const CLI::Option* one) { return one->get_positional(); })) {
    last = option;
    if (number++ == context.positionals) return option;
  }
  return last != nullptr && last->get_items_expected_max() > 1 ? last : nullptr;
}

// Excludes key names with control characters, and those that look like an option or a URI.
bool is_safe(const std::string& name) {
  return !name.empty() && printable(name) == name && !name.starts_with('-') &&
         !n200::has_key_uri_scheme(name);
}

Candidates key_names(const Session& session) {
  Candidates names;
  for (auto& name : quick_key_names(session))
    if (is_safe(name)) names.push_back({std::move(name), ""});
  return names;
}

Candidates settings_to_set() {
  Candidates words;
  for (const auto& setting : config::settings())
    words.push_back({setting.key + "=", setting.default_text.empty() ? "" : setting.default_text});
  return words;
}

Candidates named(const std::vector<std::string>& words) {
  Candidates candidates;
  for (const auto& word : words) candidates.push_back({word, ""});
  return candidates;
}

Candidates values_of(const CLI::Option& option, const Session& session) {
  if (const auto values = listed_values(option); !values.empty()) return named(values);
  const std::string name = option.get_name(true);
  if (option.check_lname("key") || name == "KEY" || name == "PATTERN") return key_names(session);
  if (option.check_lname("digest")) return named({std::begin(kDigests), std::end(kDigests)});
  if (option.check_lname("set")) return settings_to_set();
  if (option.check_lname("pin-source")) return named({"file:", "env:", "ask:"});
  if (option.check_lname("pass-source")) return named({"file:", "env:", "stdin:", "ask:"});
  const std::string& type = option.get_positional() ? name : option.get_type_name();
  if (type == "DIR") return {{":directory", ""}};
  if (type == "FILE") return {{":file", ""}};
  return {};
}

void add_options_of(const CLI::App& app, Candidates& candidates) {
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      candidates.push_back({"--" + name, option->get_description()});
}

Candidates subcommands_of(const CLI::App& app) {
  Candidates candidates;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    candidates.push_back({command->get_name(), command->get_description()});
  return candidates;
}

Candidates candidates_for(const CLI::App& app, const Context& context, const std::string& current,
                          const Session& session) {
  if (context.waiting != nullptr) return values_of(*context.waiting, session);
  const auto equals = current.find('=');
  if (!context.options_ended && current.starts_with("--") && equals != current.npos) {
    const auto* option = option_named(app, *context.command, current.substr(0, equals));
    auto candidates = option == nullptr || !takes_value(*option) ? Candidates{} : values_of(*option, session);
    for (auto& candidate : candidates)
      if (!candidate.word.starts_with(':')) candidate.word.insert(0, current, 0, equals + 1);
    return candidates;
  }
  if (!context.options_ended && current.starts_with('-')) {
    Candidates candidates;
    add_options_of(*context.command, candidates);
    if (context.command != &app) add_options_of(app, candidates);
    return candidates;
  }
  if (context.command == &app) return subcommands_of(app);
  const auto* option = positional(context);
  return option == nullptr ? Candidates{} : values_of(*option, session);
}

}  // namespace

void print_completions(const CLI::App& app, Session session, const std::vector<std::string>& words) {
  Context context{&app};
  const std::string current = words.empty() ? "" : words.back();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) step(app, words[i], context, session);
  std::set<std::string> printed;  // --help is an option of the command and of its subcommand
  for (const auto& [word, description] : candidates_for(app, context, current, session)) {
    if ((!word.starts_with(':') && !word.starts_with(current)) || !printed.insert(word).second) continue;
    std::cout << word << (description.empty() ? "" : "\t" + description) << '\n';
  }
}

}  // namespace sesam::cli
