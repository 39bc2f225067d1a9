// SPDX-License-Identifier: Apache-2.0
#include "provider/setup.h"

#include <string>
#include <utility>
#include <vector>

#include "config/configuration_sources.h"
#include "config/open_files.h"
#include "n200/audit.h"

namespace sesam::provider {
namespace {

// BIND's tools report errors only in the log, so an instance with an
// invalid configuration has one too. Null if no log can be opened.
std::shared_ptr<const Log> open_log_at_least(const config::ModestSettings& wanted) {
  auto log = Log::open(wanted.log_level, wanted.log_output, wanted.log_format);
  if (!log) log = Log::open(wanted.log_level, "stderr", wanted.log_format);
  return log ? *log : nullptr;
}

// Warns of secrets among the parameters that were given after loading, as by openssl(1) with -provparam.
std::vector<std::string> warnings_about_secrets(const config::Values& given, const Setup& first) {
  std::vector<std::string> warnings;
  for (const auto& setting : config::settings()) {
    const auto now = given.find(setting.key);
    const auto before = first.given.find(setting.key);
    if (!setting.secret || now == given.end()) continue;
    if (before != first.given.end() && before->second == now->second) continue;
    warnings.push_back("warning: '" + setting.key +
                       "' was given as a provider parameter: if it was given by -provparam, other users can "
                       "see it in the process list; use " +
                       config::source_setting(setting) + "=file:PATH instead");
  }
  return warnings;
}

// `first` is null when it is the first setup that is read.
Result<void> read_settings(const ossl::Core& core, const Setup* first, Setup& setup) {
  SESAM_TRY(collected, config::collect_values(core));
  SESAM_TRY(configuration, config::build_configuration(collected.values));
  if (first != nullptr && configuration.claim_pkcs11 != first->claims_pkcs11)
    return Error{Reason::bad_configuration,
                 "claim_pkcs11 was given after the provider was loaded, when it has no effect"};
  SESAM_TRY(log, Log::open(configuration.log_level, configuration.log_output, configuration.log_format));
  SESAM_TRY(audit, n200::Audit::open(configuration.device.audit, configuration.connection.user, log));
  setup.claims_pkcs11 = configuration.claim_pkcs11;
  setup.certificates = std::move(configuration.certificates);
  setup.log = std::move(log);
  if (setup.log->wants(LogLevel::failures)) {
    auto sentences = config::warnings_about(collected.files);
    if (first != nullptr)
      for (auto& warning : warnings_about_secrets(setup.given, *first))
        sentences.push_back(std::move(warning));
    setup.warnings = {setup.log, std::move(sentences)};
  }
  setup.device = n200::Device::for_options(std::move(configuration.connection),
                                           std::move(configuration.device), setup.log, std::move(audit));
  return {};
}

}  // namespace

std::unique_ptr<const Setup> first_setup(const ossl::Core& core) {
  auto setup = std::make_unique<Setup>();
  setup->given = config::values_of(core);
  if (auto done = read_settings(core, nullptr, *setup); !done) {
    const auto modest = config::modest_settings(core);
    setup->claims_pkcs11 = modest.claim_pkcs11;
    setup->log = open_log_at_least(modest);
    setup->error = std::move(done).error();
  }
  return setup;
}

std::unique_ptr<const Setup> later_setup(const ossl::Core& core, const Setup& first) {
  auto given = config::values_of(core);
  if (given == first.given) return nullptr;
  auto setup = std::make_unique<Setup>();
  setup->given = std::move(given);
  setup->claims_pkcs11 = first.claims_pkcs11;
  if (auto done = read_settings(core, &first, *setup); !done) {
    if (!setup->log) setup->log = open_log_at_least(config::modest_settings(core));
    setup->error = std::move(done).error();
  }
  return setup;
}

}  // namespace sesam::provider
