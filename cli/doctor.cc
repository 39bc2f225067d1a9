// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: looks at everything between openssl.cnf and a signature, and says what to do.
#include "cli/doctor.h"

#include <iostream>

#include "cli/commands.h"
#include "cli/output.h"
#include "config/configuration_sources.h"
#include "transport/pipeline.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  bool print_config = false;
};

// What others may read or write is a warning to the provider; here it counts.
void check_secret_files(const std::vector<config::WatchedFile>& files, Checkup& checkup) {
  const auto warnings = config::warnings_about(files);
  for (const auto& warning : warnings) {
    const auto colon = warning.rfind(": ");
    const auto start = warning.find(": ") + 2;
    checkup.bad("secrets' files", warning.substr(start, colon - start), warning.substr(colon + 2));
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

void check_device_of(config::Configuration configuration, const std::string& key, Checkup& checkup) {
  auto log = Log::open(0, "stderr");
  if (!log) return checkup.bad("settings", log.error());
  configuration.device.remembers_refusals = false;
  const auto device = n200::Device::for_options(std::move(configuration.connection),
                                                std::move(configuration.device), *std::move(log));
  const auto& connection = device->pipeline().options();
  bool reached = false;
  for (std::size_t node = 0; node < connection.urls.size(); ++node)
    reached |= check_connection(connection, node, checkup);
  if (reached)
    check_device(device, key, checkup);
  else
    checkup.skip({"access by GET", "clock", "connections", "key", "signature"},
                 "the device cannot be reached");
}

// Gives what is set in `values`. Where there is no section, --set and the vendor's file may do.
void check_settings(const Session& session, const Arguments& arguments, bool has_section, Checkup& checkup,
                    config::Values& values) {
  auto collected = session.collect();
  auto configuration = collected ? config::build_configuration(collected->values)
                                 : Result<config::Configuration>(collected.error());
  if (collected) values = std::move(collected->values);
  if (!configuration) {
    const bool is_told = !collected && !has_section;
    if (!is_told) checkup.bad("settings", configuration.error());
    if (is_told) checkup.skip({"settings"}, "there is no section of the provider");
    checkup.skip({"secrets' files", "host name", "connection", "certificate", "HTTP", "access by GET",
                  "clock", "connections", "key", "signature"},
                 "there are no valid settings");
    return;
  }
  checkup.good("settings", summary(*configuration));
  check_secret_files(collected->files, checkup);
  check_device_of(*std::move(configuration), arguments.key, checkup);
}

void print_as_json(const Checkup& checkup, const std::string& configuration) {
  constexpr const char* words[] = {"good", "bad", "skipped"};
  Json steps = Json::array();
  for (const auto& step : checkup.steps()) {
    Json one{{"step", step.name},
             {"result", words[static_cast<std::size_t>(step.mark)]},
             {"finding", step.finding}};
    if (!step.cure.empty()) one["cure"] = step.cure;
    steps.push_back(std::move(one));
  }
  print_json({{"well", checkup.all_well()}, {"steps", steps}, {"configuration", configuration}});
}

Result<bool> doctor(const Session& session, const Arguments& arguments) {
  Checkup checkup(session.json);
  config::Values values;
  std::string module;
  const auto cnf = config::OpensslCnf::load(session.path());
  const auto section = check_openssl_cnf(session, cnf, checkup);
  if (section) {
    check_module(*cnf, *section, checkup);
    module = cnf->value(*section, "module").value_or("");
  } else {
    checkup.skip({"module", "libcrypto"}, "there is no section of the provider");
  }
  check_settings(session, arguments, section.has_value(), checkup, values);
  const std::string example = example_configuration(values, module);
  if (session.json)
    print_as_json(checkup, example);
  else if (checkup.all_well() || arguments.print_config)
    std::cout << "\nAn openssl.cnf with these settings:\n\n" << example;
  return checkup.all_well();
}

}  // namespace

void add_doctor(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "doctor", "Check everything between openssl.cnf and a signature, and say what to do about it");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", session.config, "the openssl.cnf to check, as --config");
  command->add_option("--key", arguments->key, "sign with this key: " + std::string(kKeyHelp));
  command->add_flag("--print-config", arguments->print_config,
                    "print a whole openssl.cnf with these settings, even if something is wrong");
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return doctor(session, *arguments); };
  });
}

}  // namespace sesam::cli
