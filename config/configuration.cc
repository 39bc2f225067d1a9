// SPDX-License-Identifier: Apache-2.0
#include "config/configuration.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <variant>

#include "base/file.h"
#include "base/hex.h"
#include "config/bad_configuration.h"
#include "config/connection_settings.h"
#include "config/unknown_setting.h"
#include "metrics/metrics_file.h"
#include "n200/open_metrics.h"

namespace sesam::config {
namespace {

// "file:PATH" or "env:NAME".
Result<Secret> read_source(std::string_view source) {
  std::variant<Secret, std::string> found;
  if (source.starts_with("file:")) {
    found = read_only_line(std::string(source.substr(5)));
  } else if (source.starts_with("env:")) {
    const char* value = secure_getenv(std::string(source.substr(4)).c_str());
    if (value == nullptr) return bad_configuration("no such environment variable");
    found = only_line(value);
  } else {
    return bad_configuration("allowed values: file:PATH, env:NAME");
  }
  if (auto* problem = std::get_if<std::string>(&found)) return bad_configuration(std::move(*problem));
  return std::get<Secret>(std::move(found));
}

using Take = std::function<Result<void>(std::string_view, Configuration&)>;

template <class Field>
Take take_text(Field field) {
  return [field](std::string_view text, Configuration& c) -> Result<void> {
    field(c) = std::string(text);
    return {};
  };
}

template <class Field>
Take take_secret(Field field) {
  return [field](std::string_view text, Configuration& c) -> Result<void> {
    field(c) = Secret(text);
    return {};
  };
}

template <class Field>
Take take_source(Field field) {
  return [field](std::string_view text, Configuration& c) -> Result<void> {
    SESAM_TRY(secret, read_source(text));
    field(c) = std::move(secret);
    return {};
  };
}

template <class Field>
Take take_number(Field field, unsigned least, unsigned most) {
  return [=](std::string_view text, Configuration& c) -> Result<void> {
    unsigned number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number < least || number > most)
      return bad_configuration("allowed values: whole numbers from " + std::to_string(least) + " to " +
                               std::to_string(most));
    field(c) = static_cast<std::remove_reference_t<decltype(field(c))>>(number);
    return {};
  };
}

template <class Field>
Take take_yes_or_no(Field field) {
  return [field](std::string_view text, Configuration& c) -> Result<void> {
    if (text != "yes" && text != "no") return bad_configuration("allowed values: yes, no");
    field(c) = text == "yes";
    return {};
  };
}

// Remembers the file, as the password may change while the program runs.
Result<void> take_pass_source(std::string_view text, Configuration& c) {
  constexpr std::string_view kFile = "file:";
  SESAM_TRY(password, read_source(text));
  c.connection.password = std::move(password);
  if (text.starts_with(kFile))
    c.device.password_file = describe_secret_file(std::string(text.substr(kFile.size())));
  return {};
}

// Requires an absolute path, as the program may change its working directory before it uses a key.
Result<void> take_certificates(std::string_view text, Configuration& c) {
  if (!text.starts_with('/')) return bad_configuration("must be the absolute path of a directory");
  c.certificates = text;
  return {};
}

Result<void> take_acl(std::string_view text, Configuration& c) {
  if (text.size() != 4 || !is_hex(text)) return bad_configuration("allowed values: four hexadecimal digits");
  c.device.acl = text;
  return {};
}

Result<void> take_verify(std::string_view text, Configuration& c) {
  using n200::Verify;
  if (text != "yes" && text != "no" && text != "rsa")
    return bad_configuration("allowed values: yes, no, rsa");
  c.device.verify_signatures = text == "yes" ? Verify::yes : text == "rsa" ? Verify::rsa : Verify::no;
  return {};
}

Result<void> take_log_format(std::string_view text, Configuration& c) {
  if (text != "text" && text != "json") return bad_configuration("allowed values: text, json");
  c.log_format = c.device.audit.format = text == "json" ? LineFormat::json : LineFormat::text;
  return {};
}

Result<void> take_audit_output(std::string_view text, Configuration& c) {
  if (text.empty()) return bad_configuration("allowed values: stderr, syslog or a path");
  c.device.audit.output = text;
  return {};
}

Result<void> take_metrics_file(std::string_view text, Configuration& c) {
  SESAM_CHECK(metrics::MetricsFile::check(text));
  c.connection.metrics_file = text;
  c.connection.metrics_text = n200::open_metrics;
  return {};
}

Take take_wire(n200::Operation operation) {
  return [operation](std::string_view text, Configuration& c) { return c.device.wire.set(operation, text); };
}

Result<void> ignore(std::string_view, Configuration&) { return {}; }

constexpr auto kPassword = [](Configuration & c) -> auto& { return c.connection.password; };
constexpr auto kPin = [](Configuration & c) -> auto& { return c.device.pin; };

void add_connection(std::vector<Setting>& rows) {
  rows.push_back({"url", "", false, take_url});
  rows.push_back({"address", "", false, take_address});
  rows.push_back({"tlscert", "", false, take_tlscert});
  rows.push_back({"client_cert", "", false, take_client_cert});
  rows.push_back({"client_key", "", false, take_client_key});
  rows.push_back(
      {"user", "", false, take_text([](Configuration & c) -> auto& { return c.connection.user; })});
  rows.push_back({"pass", "", true, take_secret(kPassword)});
  rows.push_back({"pass_source", "", false, take_pass_source, true});
}

void add_keys(std::vector<Setting>& rows) {
  rows.push_back({"core", "1", false,
                  take_number(
                      [](Configuration & c) -> auto& { return c.device.core; }, 1, 255)});
  rows.push_back({"acl", "FFFF", false, take_acl});
  rows.push_back({"pin", "", true, take_secret(kPin)});
  rows.push_back({"keygen_pin", "", true, take_secret(kPin)});  // the vendor's name for it
  rows.push_back({"pin_source", "", false, take_source(kPin), true});
  rows.push_back({"certificates", "", false, take_certificates});
}

void add_limits(std::vector<Setting>& rows) {
  constexpr unsigned kDayMs = 24 * 3600 * 1000;
  const auto number = [&rows](const char* key, const char* text, auto field, unsigned least, unsigned most) {
    rows.push_back({key, text, false, take_number(field, least, most)});
  };
  number(
      "connect_timeout_ms", "3000",
      [](Configuration & c) -> auto& { return c.connection.connect_timeout_ms; }, 1, kDayMs);
  number(
      "request_timeout_ms", "10000",
      [](Configuration & c) -> auto& { return c.connection.request_timeout_ms; }, 1, kDayMs);
  number(
      "deadline_ms", "15000", [](Configuration & c) -> auto& { return c.device.deadline_ms; }, 1, kDayMs);
  number(
      "max_in_flight", "256", [](Configuration & c) -> auto& { return c.connection.max_in_flight; }, 1,
      65536);
  number(
      "streams", "256", [](Configuration & c) -> auto& { return c.connection.streams; }, 1, 65536);
  number(
      "connections", "64", [](Configuration & c) -> auto& { return c.connection.connections; }, 1, 1024);
  number(
      "key_cache_seconds", "60", [](Configuration & c) -> auto& { return c.device.key_cache_seconds; }, 0,
      86400);
  number(
      "max_listing_mib", "512", [](Configuration & c) -> auto& { return c.device.max_listing_mib; }, 1, 4096);
}

void add_behaviour(std::vector<Setting>& rows) {
  rows.push_back({"verify_signatures", "rsa", false, take_verify});
  rows.push_back({"claim_pkcs11", "yes", false,
                  take_yes_or_no([](Configuration & c) -> auto& { return c.claim_pkcs11; })});
  rows.push_back({"log_level", "0", false,
                  take_number(
                      [](Configuration & c) -> auto& { return c.log_level; }, 0, 10)});
  rows.push_back(
      {"log_output", "stderr", false, take_text([](Configuration & c) -> auto& { return c.log_output; })});
  rows.push_back({"log_format", "text", false, take_log_format});
  rows.push_back({"audit_output", "", false, take_audit_output});
  rows.push_back({"audit_digest", "no", false,
                  take_yes_or_no([](Configuration & c) -> auto& { return c.device.audit.has_digests; })});
  rows.push_back({"audit_required", "no", false,
                  take_yes_or_no([](Configuration & c) -> auto& { return c.device.audit.is_required; })});
  rows.push_back({"metrics_file", "", false, take_metrics_file});
  rows.push_back(
      {"n200_conf", "", false, ignore});  // followed before settings are applied: configuration_sources.cc
}

// " = value", or nothing if the value may be a secret: that of a secret setting, a URL
// or address that may contain a password, or a source setting whose value has neither form of a source.
std::string shown(const Setting& setting, std::string_view value) {
  const bool names_a_source = value.starts_with("file:") || value.starts_with("env:");
  if (setting.secret || (setting.source && !names_a_source) ||
      ((setting.key == "url" || setting.key == "address") && value.find('@') != value.npos))
    return {};
  return " = " + std::string(value);
}

// Control characters could end a header line of a request, or a line of the log.
bool has_control_character(const Setting& setting, std::string_view text) {
  const bool may_have_tabs = setting.key.starts_with("wire_");  // between its words
  return std::any_of(text.begin(), text.end(), [may_have_tabs](unsigned char c) {
    return (c < 0x20 || c == 0x7f) && !(c == '\t' && may_have_tabs);
  });
}

Result<void> take(const Setting& setting, const Secret& value, Configuration& configuration) {
  if (!setting.secret && has_control_character(setting, value.reveal()))
    return bad_configuration(setting.key + ": line breaks and other control characters are not allowed");
  auto taken = setting.take(value.reveal(), configuration);
  if (taken) return taken;
  return bad_configuration(setting.key + shown(setting, value.reveal()) + ": " + taken.error().detail);
}

Result<void> check_pairs(const Configuration& c, const Values& values) {
  const auto set = [&](std::string_view key) { return values.find(key) != values.end(); };
  if (c.connection.urls.empty())
    return bad_configuration(
        "url is not set: it names the device, for example url = https://seSAM-nserie-101");
  if (set("pass") && set("pass_source"))
    return bad_configuration("pass and pass_source are both set: remove one of them");
  if (set("pin") && set("keygen_pin"))
    return bad_configuration(
        "pin and keygen_pin are both set: they are the same setting; remove one of them");
  if ((set("pin") || set("keygen_pin")) && set("pin_source"))
    return bad_configuration("pin and pin_source are both set: remove one of them");
  if (c.connection.user.empty() && !c.connection.password.empty())
    return bad_configuration("pass is set, but user is not");
  if (!c.connection.user.empty() && c.connection.password.empty())
    return bad_configuration("user is set, but neither pass nor pass_source");
  const auto& audit = c.device.audit;
  if (audit.output.empty() && (audit.has_digests || audit.is_required))
    return bad_configuration("audit_digest or audit_required is set, but audit_output is not");
  if (audit.is_required && audit.output == "syslog")
    return bad_configuration(
        "audit_required = yes needs a file as audit_output: syslog does not report what it loses");
  if (set("client_cert") != set("client_key"))
    return bad_configuration("client_cert and client_key must be set together");
  return {};
}

}  // namespace

std::vector<Setting> settings() {
  std::vector<Setting> rows;
  add_connection(rows);
  add_keys(rows);
  add_limits(rows);
  add_behaviour(rows);
  for (const auto& row : n200::wire_defaults())
    rows.push_back({std::string(row.key), std::string(row.row), false, take_wire(row.operation)});
  return rows;
}

Result<Configuration> build_configuration(const Values& values) {
  const auto rows = settings();
  for (const auto& [key, value] : values)
    if (std::none_of(rows.begin(), rows.end(), [&key = key](const Setting& row) { return row.key == key; }))
      return bad_configuration(unknown_setting(key));
  Configuration configuration;
  for (const auto& row : rows)
    if (const auto found = values.find(row.key); found != values.end())
      SESAM_CHECK(take(row, found->second, configuration));
  SESAM_CHECK(check_pairs(configuration, values));
  SESAM_CHECK(check_addresses(configuration));
  return configuration;
}

}  // namespace sesam::config
