// SPDX-License-Identifier: Apache-2.0
#include "cli/session.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/openssl_conf_hint.h"
#include "config/bad_configuration.h"
#include "n200/audit.h"

namespace sesam::cli {
namespace {

constexpr std::string_view kName = "sesam";

// Matches names as OpenSSL names and loads a provider (config(5), "Provider Configuration").
bool is_ours(const config::OpensslCnf& cnf, const config::OpensslCnf::ProviderRow& row) {
  const auto identity = cnf.value(row.section, "identity");
  const auto module = cnf.value(row.section, "module");
  return row.name == kName || identity == kName ||
         (module && std::filesystem::path(*module).stem().string() == kName);
}

Result<config::Values> parse_settings(const std::vector<std::string>& given) {
  config::Values values;
  for (const auto& text : given) {
    const auto equals = text.find('=');  // main() has checked that there is one
    values.insert_or_assign(text.substr(0, equals), Secret(std::string_view(text).substr(equals + 1)));
  }
  return values;
}

// OpenSSL's own file is missing on some systems.
Error with_hint(const Session& session, Error unread) {
  std::error_code failed;
  if (is_openssls_own(session) && !std::filesystem::exists(session.path(), failed))
    unread.detail += "; " + openssl_conf_hint();
  return unread;
}

}  // namespace

std::string Session::path() const { return config.empty() ? config::OpensslCnf::default_path() : config; }

Result<std::string> Session::section_in(const config::OpensslCnf& cnf) const {
  const auto rows = cnf.providers().value_or(std::vector<config::OpensslCnf::ProviderRow>{});
  if (!section.empty()) {
    for (const auto& row : rows)
      if (row.name == section) return row.section;
    if (cnf.for_each(section, [](const char*, const char*) {})) return section;
    return config::bad_configuration("no section or provider '" + section + "' in " + cnf.path());
  }
  for (const auto& row : rows)
    if (is_ours(cnf, row)) return row.section;
  const std::string problem = "no section of the sesam provider in " + cnf.path();
  if (is_openssls_own(*this) && !listing_in(cnf))
    return config::bad_configuration(problem + ": " + openssl_conf_hint());
  return config::bad_configuration(
      problem + "; openssl_conf must name a section whose 'providers' names a section that lists sesam");
}

std::optional<Session::Listing> Session::listing_in(const config::OpensslCnf& cnf) {
  auto names = cnf.sections();
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    std::vector<config::OpensslCnf::ProviderRow> rows;
    cnf.for_each(name, [&](const char* key, const char* text) { rows.push_back({key, text}); });
    for (const auto& row : rows)
      if (is_ours(cnf, row) && cnf.for_each(row.section, [](const char*, const char*) {}))
        return Listing{name, row.section};
  }
  return std::nullopt;
}

Result<config::Collected> Session::collect() const {
  SESAM_TRY(given, parse_settings(set));
  const auto cnf = config::OpensslCnf::load(path());
  const Result<std::string> found =
      cnf ? section_in(*cnf) : Result<std::string>(with_hint(*this, cnf.error()));
  const bool needed = !config.empty() || !section.empty();
  if (!found && needed) return found.error();
  SESAM_TRY(collected, config::collect_values(found ? &*cnf : nullptr, found ? *found : "", given));
  if (!found && collected.values.find("url") == collected.values.end()) return found.error();
  // cppcheck-suppress returnStdMoveLocal ; it is a reference
  return std::move(collected);
}

Result<std::shared_ptr<n200::Device>> Session::device() const {
  SESAM_TRY(collected, collect());
  SESAM_TRY(configuration, config::build_configuration(collected.values));
  SESAM_TRY(log, Log::open(configuration.log_level, configuration.log_output, configuration.log_format));
  SESAM_TRY(audit, n200::Audit::open(configuration.device.audit, configuration.connection.user, log));
  if (log->wants(LogLevel::failures))
    for (const auto& warning : config::warnings_about(collected.files))
      log->write(LogLevel::failures, warning);
  return n200::Device::for_options(std::move(configuration.connection), std::move(configuration.device),
                                   std::move(log), std::move(audit));
}

}  // namespace sesam::cli
