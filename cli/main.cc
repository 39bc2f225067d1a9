// SPDX-License-Identifier: Apache-2.0
// The command `sesam`. Exit status: 0 done, 1 it failed, 2 the command line is wrong.
#include <openssl/crypto.h>

#include <algorithm>
#include <clocale>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "config/configuration.h"
#include "n200/uri.h"
#include "provider/process_life.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kOutcomeUnknown = 3;  // the device may have done it

std::string check_setting(const std::string& text) {
  const auto equals = text.find('=');
  return equals == 0 || equals == text.npos ? "expected KEY=VALUE" : "";
}

void add_global_options(CLI::App& app, sesam::cli::Session& session) {
  app.set_version_flag("--version", "sesam " SESAM_VERSION);
  app.add_option("--config", session.config,
                 "the openssl.cnf to read; otherwise the one that OPENSSL_CONF names, or OpenSSL's own")
      ->type_name("FILE");
  app.add_option("--section", session.section, "the provider's section in it, where there are several")
      ->type_name("NAME");
  app.add_option("--set", session.set, "a setting, instead of the one in the file; repeatable")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false)
      ->check(check_setting);
  app.add_flag("--json", session.json, "print JSON");
  app.fallthrough();  // global options may stand behind the subcommand
  app.require_subcommand(1);
}

void add_commands(CLI::App& app, sesam::cli::Session& session) {
  using namespace sesam::cli;
  add_setup(app, session);
  add_doctor(app, session);
  add_discover(app, session);
  add_list(app, session);
  add_show(app, session);
  add_uri(app, session);
  add_sign(app, session);
  add_verify(app, session);
  add_generate(app, session);
  add_import(app, session);
  add_delete(app, session);
  add_random(app, session);
  add_timestamp(app, session);
  add_encrypt(app, session);
  add_decrypt(app, session);
  add_bench(app, session);
  add_simulate(app, session);
  add_sigstore(app, session);
}

// "--pin=1234" -> "--pin", "-p1234" -> "-p".
std::string name_of_option(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

// Of words that nobody expected: options without their values, and what should have been a subcommand. The
// rest may be a PIN.
int report_unexpected(const std::vector<std::string>& words, bool has_subcommand) {
  std::string told;
  for (const auto& word : words)
    if (word.starts_with('-'))
      told += " " + name_of_option(word);
    else if (!has_subcommand && &word == &words.front())
      told += " " + word;
  std::cerr << "sesam: "
            << (told.empty() ? "more words than the command takes"
                             : "not expected:" + sesam::cli::printable(told))
            << "\n";
  if (told.find(" --pin") != told.npos) std::cerr << "A PIN comes from --pin-source.\n";
  std::cerr << "Run with --help for more information.\n";
  return kUsage;
}

// 0 for --help and --version.
int report(const CLI::App& app, const CLI::ParseError& error) {
  // Of an unknown subcommand CLI11 would say that there is none.
  const bool has_subcommand = !app.get_subcommands().empty();
  const auto left = app.remaining(true);
  const bool is_unknown = error.get_name() == "RequiredError" && !has_subcommand && !left.empty();
  if (is_unknown || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
    return report_unexpected(left, has_subcommand);
  return app.exit(error) == 0 ? 0 : kUsage;
}

// The arguments of a process are visible to every user of the machine.
void warn_of_visible_secrets(const sesam::cli::Session& session, std::span<char* const> words) {
  for (const auto& setting : sesam::config::settings()) {
    const auto gives_it = [&](const std::string& text) { return text.starts_with(setting.key + "="); };
    if (!setting.secret || std::none_of(session.set.begin(), session.set.end(), gives_it)) continue;
    std::cerr << "sesam: warning: other users can see '" << setting.key << "' in the process list; use --set "
              << sesam::config::source_setting(setting) << "=file:PATH instead\n";
  }
  const auto has_pin = [](std::string_view word) {
    return sesam::n200::has_key_uri_scheme(word) && word.find("pin-value=") != word.npos;
  };
  if (std::any_of(words.begin(), words.end(), has_pin))
    std::cerr << "sesam: warning: other users can see the URI's PIN in the process list; use "
                 "pin-source=file:PATH instead\n";
}

// cosign calls a plugin by a name of its own, which is a link to this command.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (!words.empty() && std::filesystem::path(words[0]).filename() == "sigstore-kms-sesam")
    words.insert(words.begin() + 1, "sigstore-kms");
  return words;
}

int run(const sesam::cli::Session& session) {
  const auto done = session.command();
  if (!done) sesam::cli::print_error(done.error());
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "sesam: the output cannot be written\n";
    return kFailed;
  }
  if (!done && done.error().reason == sesam::Reason::outcome_unknown) return kOutcomeUnknown;
  return done && *done ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) try {
  std::setlocale(LC_CTYPE, "");
  // OpenSSL must not act on openssl.cnf in here: it would load the provider, for which our own TLS would then
  // be a user.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  sesam::provider::register_process_life();
  CLI::App app(
      "Look after the keys in a sematicon se.SAM N200, and after the OpenSSL provider that uses them");
  sesam::cli::Session session;
  add_global_options(app, session);
  add_commands(app, session);
  try {
    auto words = words_of(argc, argv);
    app.name(words.front());
    words.erase(words.begin());
    std::reverse(words.begin(), words.end());  // as CLI11 wants a vector
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  warn_of_visible_secrets(session, {argv, static_cast<std::size_t>(argc)});
  return run(session);
} catch (const std::exception& error) {
  std::cerr << "sesam: " << sesam::cli::printable(error.what()) << '\n';
  return kFailed;
}
