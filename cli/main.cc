// SPDX-License-Identifier: Apache-2.0
// The command `sesam`. Exit status: 0 success, 1 failure, 2 invalid command line, 3 outcome unknown.
#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/changes.h"
#include "cli/colour.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/errors.h"
#include "cli/key_suggestion.h"
#include "cli/session.h"
#include "cli/standard_output.h"
#include "cli/usage.h"
#include "config/configuration.h"
#include "n200/uri.h"
#include "provider/process_life.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kOutcomeUnknown = 3;  // the device may have carried out the request

using sesam::cli::ColourMode;
const std::map<std::string, ColourMode> kColourModes = {
    {"auto", ColourMode::automatic}, {"always", ColourMode::always}, {"never", ColourMode::never}};

std::string check_setting(const std::string& text) {
  const auto equals = text.find('=');
  return equals == 0 || equals == text.npos ? "expected KEY=VALUE" : "";
}

void add_global_options(CLI::App& app, sesam::cli::Session& session) {
  app.set_version_flag("--version", "sesam " SESAM_VERSION);
  app.add_option("--config", session.config, "openssl.cnf to read; default: $OPENSSL_CONF, or OpenSSL's own")
      ->type_name("FILE");
  app.add_option("--section", session.section, "section of the provider in this file, if there are several")
      ->type_name("NAME");
  app.add_option("--set", session.set, "override a setting of the file; repeatable")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false)
      ->check(check_setting);
  app.add_flag("--json", session.json, "print JSON, errors included");
  app.add_option_function<std::string>(
         "--color", [](const std::string& when) { sesam::cli::set_colour_mode(kColourModes.at(when)); },
         "use colours; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember(kColourModes))
      ->type_name("WHEN");
  app.fallthrough();  // global options may follow the subcommand
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

// The arguments of a process are visible to every user of the machine.
void warn_of_visible_secrets(const sesam::cli::Session& session, std::span<char* const> words) {
  for (const auto& setting : sesam::config::settings()) {
    const auto gives_it = [&](const std::string& text) { return text.starts_with(setting.key + "="); };
    if (!setting.secret || std::none_of(session.set.begin(), session.set.end(), gives_it)) continue;
    sesam::cli::print_warning("other users can see '" + setting.key + "' in the process list; use --set " +
                              sesam::config::source_setting(setting) + "=file:PATH instead");
  }
  const auto has_pin = [](std::string_view word) {
    return sesam::n200::has_key_uri_scheme(word) && word.find("pin-value=") != word.npos;
  };
  if (std::any_of(words.begin(), words.end(), has_pin))
    sesam::cli::print_warning(
        "other users can see the URI's PIN in the process list; use pin-source=file:PATH instead");
}

// Whether the errors of parsing are JSON: words after "--" are arguments.
bool wants_json(const std::vector<std::string>& words) {
  bool wants = false;
  for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
    constexpr std::string_view kWithValue = "--json=";
    constexpr std::string_view kTrue[] = {"true", "on", "yes", "enable", "1"};  // as CLI11 reads a flag
    if (*word == "--json") wants = true;
    if (word->starts_with(kWithValue))
      wants = std::ranges::find(kTrue, word->substr(kWithValue.size())) != std::end(kTrue);
  }
  return wants;
}

// cosign calls the plugin sigstore-kms-sesam, which is a link to this command.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (!words.empty() && std::filesystem::path(words[0]).filename() == "sigstore-kms-sesam")
    words.insert(words.begin() + 1, "sigstore-kms");
  return words;
}

// A closed descriptor 0 to 2 could be reused for a connection, which would then get the output. Opened on
// /dev/null for the other direction, it makes reads from stdin and writes fail, as if it were closed.
void occupy_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

// Whether all output was written to stdout. If not, reports that on stderr, with the changes made.
bool finish_output(sesam::cli::Changes& changes) {
  std::cout.flush();
  if (std::cout) return true;
  std::string problem = "cannot write to standard output";
  if (const int error = sesam::cli::standard_output_error(); error != 0)
    problem += std::string(": ") + std::strerror(error);
  sesam::cli::print_error("output_failed", problem, {}, changes.take());
  return false;
}

sesam::Result<bool> perform(sesam::cli::Session& session) try {
  return session.command();
} catch (const std::exception& error) {
  sesam::cli::print_error("internal", error.what(), {}, session.changes.take());
  return false;
}

int run(const CLI::App& app, sesam::cli::Session& session) {
  const auto done = perform(session);
  if (!done) {
    session.changes.note(done.error());
    const bool is_unknown = done.error().reason == sesam::Reason::unknown_key;
    sesam::cli::print_error(
        done.error(), is_unknown ? sesam::cli::suggested_key(sesam::cli::chosen_command(app), session) : "",
        session.changes.take());
  }
  const bool is_written = finish_output(session.changes);
  if (session.changes.is_outcome_unknown()) return kOutcomeUnknown;
  return done && *done && is_written ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) try {
  std::setlocale(LC_CTYPE, "");
  occupy_standard_descriptors();
  sesam::cli::take_standard_output();
  sesam::cli::handle_broken_pipes();
  // OpenSSL must not load openssl.cnf in this process: it would load the provider, which this command's own
  // TLS would then use.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  sesam::provider::register_process_life();
  CLI::App app("Manage the keys in a sematicon se.SAM N200, and check the OpenSSL provider that uses them");
  sesam::cli::Session session;
  add_global_options(app, session);
  add_commands(app, session);
  if (argc > 1 && std::string_view(argv[1]) == sesam::cli::kComplete) {
    sesam::cli::print_completions(app, session, {argv + 2, argv + argc});
    return 0;
  }
  try {
    auto words = words_of(argc, argv);
    app.name(words.front());
    words.erase(words.begin());
    if (wants_json(words)) sesam::cli::set_error_form(sesam::cli::ErrorForm::json);
    sesam::cli::parse(app, words);
  } catch (const CLI::ParseError& error) {
    if (sesam::cli::report_usage(app, error)) return kUsage;
    return finish_output(session.changes) ? 0 : kFailed;
  }
  if (session.json) sesam::cli::set_error_form(sesam::cli::ErrorForm::json);
  warn_of_visible_secrets(session, {argv, static_cast<std::size_t>(argc)});
  return run(app, session);
} catch (const std::exception& error) {
  sesam::cli::print_error("internal", error.what());
  return kFailed;
}
