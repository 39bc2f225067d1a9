// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks everything from openssl.cnf to a signature, and suggests what to do.
#include "cli/doctor.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/written_hint.h"
#include "config/configuration_sources.h"
#include "transport/pipeline.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  std::string user;
  std::string bind;
  bool print_config = false;
  bool strict = false;
};

/// Findings of the steps before the settings.
struct Ground {
  std::string cnf;  ///< the path of openssl.cnf; empty: it cannot be read
  bool has_section = false;
  std::string module;  ///< the path of sesam.so; empty: there is none
  std::optional<User> user;
};

// Reports unsafe permissions as failed; the provider only warns about them.
void check_secret_files(const std::vector<config::WatchedFile>& files, Checkup& checkup) {
  const auto warnings = config::warnings_about(files);
  constexpr std::string_view kPrefix = "warning: ";
  for (const auto& warning : warnings) {  // "warning: FINDING; run: CURE", or "; move …"
    const auto end = std::min({warning.rfind("; run: "), warning.rfind("; move "), warning.size()});
    checkup.bad("secrets' files", warning.substr(kPrefix.size(), end - kPrefix.size()),
                end < warning.size() ? warning.substr(end + 2) : "correct the permissions");
  }
  if (warnings.empty()) checkup.good("secrets' files", "closed to other users");
}

std::string summary(const config::Configuration& configuration) {
  const auto& connection = configuration.connection;
  std::string text = "url";
  for (const auto& url : connection.urls) text += " " + url;
  if (!connection.addresses.empty()) text += ", address";
  for (const auto& address : connection.addresses) text += " " + address;
  text += connection.user.empty() ? ", no user" : ", user " + connection.user;
  text += ", core " + std::to_string(configuration.device.core);
  return text + (configuration.device.pin.empty() ? ", no PIN" : ", a PIN");
}

void skip_from_connection(const std::string& why, Checkup& checkup) {
  checkup.skip({"host name", "connection", "certificate", "HTTP", "access by GET", "clock", "connections",
                "key", "signature"},
               why);
}

// A device with this node only: otherwise requests would fail over to another node.
Result<std::shared_ptr<n200::Device>> device_of_node(const config::Values& values, std::size_t node) {
  SESAM_TRY(configuration, config::build_configuration(values));
  auto& connection = configuration.connection;
  connection.urls = {connection.urls[node]};
  if (!connection.addresses.empty()) connection.addresses = {connection.addresses[node]};
  connection.metrics_file.clear();
  configuration.device.remembers_refusals = false;
  SESAM_TRY(log, Log::open(0, "stderr"));
  return n200::Device::for_options(std::move(connection), std::move(configuration.device), std::move(log));
}

// Returns the device if it replies; otherwise null.
std::shared_ptr<n200::Device> check_node(const transport::Options& connection, const config::Values& values,
                                         std::size_t node, Questions& questions, Checkup& checkup) {
  if (connection.urls.size() > 1) checkup.set_node(connection.urls[node]);
  auto device = device_of_node(values, node);
  bool answers = false;
  if (!device)
    checkup.bad("settings", device.error());
  else if (const auto http = check_connection(connection, node, checkup))
    answers = check_device(*device, *http, questions, checkup);
  else
    checkup.skip({"access by GET", "clock", "connections", "key", "signature"},
                 "the device cannot be reached");
  checkup.set_node({});
  return answers ? *std::move(device) : nullptr;
}

// Returns no hint for a setting given by --set.
std::string hint_about(const Session& session, const Ground& ground, const std::string& key) {
  const auto gives_it = [&](const std::string& text) { return text.starts_with(key + "="); };
  if (ground.cnf.empty() || std::any_of(session.set.begin(), session.set.end(), gives_it)) return {};
  const auto hint = hint_about_written_value(ground.cnf, key, false);
  return hint.finding.empty() ? "" : hint.finding + ": " + hint.cure;
}

Questions questions_about(const Session& session, const Ground& ground, const Arguments& arguments) {
  Questions questions;
  questions.key = arguments.key;
  questions.pass_hint = hint_about(session, ground, "pass");
  questions.pin_hint = hint_about(session, ground, "pin");
  if (questions.pin_hint.empty()) questions.pin_hint = hint_about(session, ground, "keygen_pin");
  return questions;
}

// With audit_required, programs cannot use a key until they can write the audit file.
std::string why_not_to_sign(const config::Configuration& configuration, const FileFindings& files) {
  if (files.can_write_audit || !configuration.device.audit.is_required) return {};
  return "audit_required = yes, and the audit file cannot be written";
}

// A '#' within a value, as in a password, is rarely meant to begin a comment.
bool warn_of_cut_values(const Ground& ground, const config::Values& values, Checkup& checkup) {
  bool is_good = true;
  for (const auto& [key, value] : values) {
    const auto hint = ground.cnf.empty() ? WrittenHint{} : hint_about_written_value(ground.cnf, key, true);
    if (hint.finding.empty()) continue;
    checkup.warn("settings", hint.finding, hint.cure);
    is_good = false;
  }
  return is_good;
}

void check_configured(const Session& session, const Ground& ground, const Arguments& arguments,
                      const config::Collected& collected, Checkup& checkup) {
  const auto files =
      check_files(ground.user ? &*ground.user : nullptr, ground.module, collected.values, checkup);
  const auto configuration = config::build_configuration(collected.values);
  if (!configuration && files.can_read_settings) checkup.bad("settings", configuration.error());
  if (!configuration) {
    if (!files.can_read_settings) checkup.skip({"settings"}, "a file that they name cannot be read");
    checkup.skip({"secrets' files"}, "there are no valid settings");
    return skip_from_connection("there are no valid settings", checkup);
  }
  if (warn_of_cut_values(ground, collected.values, checkup))
    checkup.good("settings", summary(*configuration));
  check_named_copy(ground.cnf, checkup);
  check_secret_files(collected.files, checkup);
  const auto& connection = configuration->connection;
  if (!check_client_certificate(connection, checkup))
    return skip_from_connection("the client certificate cannot be used", checkup);
  // Must run before threads exist, because the files are tried in child processes.
  const auto k_files = arguments.bind.empty()
                           ? std::vector<std::string>()
                           : check_bind_files(arguments.bind, ground.user ? &*ground.user : nullptr, checkup);
  auto questions = questions_about(session, ground, arguments);
  questions.why_not_to_sign = why_not_to_sign(*configuration, files);
  std::shared_ptr<n200::Device> device;
  for (std::size_t node = 0; node < connection.urls.size(); ++node) {
    auto answering = check_node(connection, collected.values, node, questions, checkup);
    if (!device) device = std::move(answering);
  }
  if (!configuration->certificates.empty())
    check_certificates(configuration->certificates, device.get(), checkup);
  if (!arguments.bind.empty()) check_bind_keys(k_files, device.get(), checkup);
}

// Returns the settings. Without a section, --set and the vendor's file may be sufficient.
config::Values check_settings(const Session& session, const Ground& ground, const Arguments& arguments,
                              Checkup& checkup) {
  auto collected = session.collect();
  if (collected) {
    check_configured(session, ground, arguments, *collected, checkup);
    return std::move(collected->values);
  }
  checkup.skip({"files", "log file"}, "there are no valid settings");
  if (ground.has_section)
    checkup.bad("settings", collected.error());
  else
    checkup.skip({"settings"}, "no section for the provider");
  checkup.skip({"secrets' files"}, "there are no valid settings");
  skip_from_connection("there are no valid settings", checkup);
  return {};
}

bool is_healthy(const Checkup& checkup, const Arguments& arguments) {
  return checkup.is_healthy() && (!arguments.strict || checkup.count(Mark::warning) == 0);
}

Json json_of(const Checkup& checkup) {
  Json steps = Json::array();
  for (const auto& step : checkup.steps()) {
    Json one{{"step", step.name}, {"result", word_of(step.mark)}, {"finding", step.finding}};
    if (!step.node.empty()) one["node"] = step.node;
    if (!step.cure.empty()) one["cure"] = step.cure;
    steps.push_back(std::move(one));
  }
  return steps;
}

// Prints what follows the steps, or everything as JSON.
void print_end(const Checkup& checkup, bool json, const Arguments& arguments, const std::string& example) {
  if (json) {
    Json all{{"healthy", is_healthy(checkup, arguments)},
             {"summary", checkup.summary()},
             {"steps", json_of(checkup)}};
    if (arguments.print_config) all["configuration"] = example;
    return print_json(all);
  }
  (arguments.print_config ? std::cerr : std::cout) << '\n' << checkup.summary() << '\n';
  if (arguments.print_config) std::cout << example;
}

Result<bool> doctor(Session session, const Arguments& arguments) {
  // With --print-config, stdout carries only the file.
  Checkup checkup(session.json ? nullptr : arguments.print_config ? &std::cerr : &std::cout);
  Ground ground;
  if (!arguments.user.empty()) {
    SESAM_TRY(found, find_user(arguments.user));
    ground.user = std::move(found);
  }
  const User* user = ground.user ? &*ground.user : nullptr;
  std::string module_setting;
  const auto cnf = config::OpensslCnf::load(session.path());
  const auto section = check_openssl_cnf(session, cnf, user, checkup);
  if (cnf) ground.cnf = cnf->path();
  ground.has_section = section.has_value();
  if (section) {
    session.section = *section;  // also a section that OpenSSL does not reach: its settings are checked
    ground.module = check_module(*cnf, *section, user, checkup);
    module_setting = cnf->value(*section, "module").value_or("");
  } else {
    checkup.skip({"module", "libcrypto"}, "no section for the provider");
  }
  const auto values = check_settings(session, ground, arguments, checkup);
  print_end(checkup, session.json, arguments, example_configuration(values, module_setting));
  return is_healthy(checkup, arguments);
}

}  // namespace

void add_doctor(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "doctor", "Check everything between openssl.cnf and a signature, and say what to do about it");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", session.config, "the openssl.cnf to check, as --config")
      ->excludes(app.get_option("--config"));
  command->add_option("--key", arguments->key, "sign with this key: " + std::string(kKeyHelp));
  command
      ->add_option("--as", arguments->user,
                   "check access to files as this user, which the program runs as; needs root")
      ->type_name("USER");
  command
      ->add_option("--bind", arguments->bind,
                   "check the K files with labels in named's key-directory, or those of its named.conf")
      ->type_name("PATH");
  command->add_flag("--strict", arguments->strict, "exit with status 1 if there are warnings, too");
  command->add_flag("--print-config", arguments->print_config,
                    "print an openssl.cnf with these settings on stdout, and the findings on stderr");
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return doctor(session, *arguments); };
  });
}

}  // namespace sesam::cli
