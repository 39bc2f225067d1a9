// SPDX-License-Identifier: Apache-2.0
#include "config/configuration_sources.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "base/file.h"
#include "config/bad_configuration.h"
#include "config/unknown_setting.h"
#include "n200/vendor_conf.h"

namespace sesam::config {
namespace {

// The settings that are read from the vendor's file (n200.md, "Connection"); its other settings are ignored.
constexpr std::string_view kVendorKeys[] = {"url",  "tlscert",    "user",      "pass",
                                            "core", "keygen_pin", "log_level", "log_output"};

// Alternatives for the same setting: if one of them is given, it replaces the others too.
constexpr std::array<std::string_view, 3> kOneThing[] = {{"pass", "pass_source"},
                                                         {"pin", "keygen_pin", "pin_source"}};

bool is_secret(std::string_view key) noexcept { return key == "pass" || key == "pin" || key == "keygen_pin"; }

bool is_replaced(std::string_view key, const Values& instead) {
  const auto given = [&](std::string_view name) { return instead.find(name) != instead.end(); };
  const auto holds = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return given(key) || std::any_of(std::begin(kOneThing), std::end(kOneThing), [&](const auto& names) {
           return holds(names, key) && std::any_of(names.begin(), names.end(), given);
         });
}

std::map<std::string, const char*, std::less<>> ask_core(const ossl::Core& core,
                                                         const std::vector<std::string>& keys) {
  std::vector<char*> values(keys.size(), nullptr);
  std::vector<OSSL_PARAM> params;
  for (std::size_t i = 0; i < keys.size(); ++i)
    params.push_back(OSSL_PARAM_construct_utf8_ptr(keys[i].c_str(), &values[i], 0));
  params.push_back(OSSL_PARAM_construct_end());
  std::map<std::string, const char*, std::less<>> found;
  if (core.get_params == nullptr || core.get_params(core.handle, params.data()) != 1) return found;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (values[i] != nullptr) found[keys[i]] = values[i];
  return found;
}

// The section of openssl.cnf that configures this instance of the provider.
struct OwnSection {
  OpensslCnf cnf;
  std::string name;
};

// nullopt if openssl.cnf does not configure the instance: a program loaded it itself.
std::optional<OwnSection> own_section(const ossl::Core& core) {
  const auto names = ask_core(core, {OSSL_PROV_PARAM_CORE_PROV_NAME});
  const std::string path = OpensslCnf::default_path();
  if (names.empty() || path.empty()) return std::nullopt;
  auto cnf = OpensslCnf::load(path);
  const auto providers = cnf ? cnf->providers() : std::nullopt;
  if (!providers) return std::nullopt;
  const std::string instance = names.begin()->second;
  for (const auto& [name, section] : *providers)
    if (cnf->value(section, "identity").value_or(name) == instance)
      return OwnSection{*std::move(cnf), section};
  return std::nullopt;
}

Result<void> add_vendor_values(const std::string& path, Collected& collected) {
  Values& values = collected.values;
  const auto named = [&](const Error& error) {
    return bad_configuration("n200_conf = " + path + ": " + error.detail);
  };
  const auto text = read_file(path);
  if (const int* failed = std::get_if<int>(&text)) return named(bad_configuration(std::strerror(*failed)));
  auto vendor = n200::parse_vendor_conf(std::get<Secret>(text).reveal());
  if (!vendor) return named(vendor.error());
  const auto set = [&](std::string_view key) { return values.find(key) != values.end(); };
  for (const auto key : kVendorKeys) {
    const auto found = vendor->find(key);
    if (found == vendor->end() || found->second.empty() || set(key)) continue;
    if (key == "pass" && set("pass_source")) continue;
    if (key == "keygen_pin" && (set("pin") || set("pin_source"))) continue;
    if (is_secret(key) || key == "url") collected.files.push_back({path, std::string(key), is_secret(key)});
    values.emplace(std::string(key), std::move(found->second));
  }
  return {};
}

void add_file_of(const std::string& cnf, std::string_view key, Collected& collected) {
  if (is_secret(key) || key == "url")
    collected.files.push_back({cnf, std::string(key), is_secret(key), true});
}

// The files that settings name: tlscert and client_key directly, the others after "file:".
void add_named_files(Collected& collected) {
  if (const auto trusted = collected.values.find("tlscert"); trusted != collected.values.end())
    collected.files.push_back({std::string(trusted->second.reveal()), "tlscert", false});
  for (const char* key : {"pass_source", "pin_source", "client_key"}) {
    const auto found = collected.values.find(key);
    if (found == collected.values.end()) continue;
    std::string path(found->second.reveal());
    if (path.starts_with("file:"))
      path.erase(0, 5);
    else if (key != std::string_view("client_key"))
      continue;
    collected.files.push_back({std::move(path), key});
  }
}

// Adds what the section does not set, and the files that contain secrets.
Result<Collected> complete(Collected collected) {
  const auto configured = collected.values.find("n200_conf");
  const char* environment = secure_getenv("N200_CONF");
  if (configured != collected.values.end())
    SESAM_CHECK(add_vendor_values(std::string(configured->second.reveal()), collected));
  else if (environment != nullptr && *environment != '\0')
    SESAM_CHECK(add_vendor_values(environment, collected));
  add_named_files(collected);
  return collected;
}

}  // namespace

Result<void> refuse_unknown_keys(const OpensslCnf& cnf, const std::string& section) {
  const auto rows = settings();
  std::string unknown;
  cnf.for_each(section, [&](const char* key, const char*) {
    const bool known =
        is_openssls_own_key(key) ||
        std::any_of(rows.begin(), rows.end(), [key](const Setting& row) { return row.key == key; });
    if (!known && unknown.empty()) unknown = key;
  });
  if (unknown.empty()) return {};
  return bad_configuration(unknown_setting(unknown, " in section [" + section + "] of " + cnf.path()));
}

Values values_of(const ossl::Core& core) {
  std::vector<std::string> keys;
  for (const auto& row : settings()) keys.push_back(row.key);
  Values values;
  for (const auto& [key, text] : ask_core(core, keys)) values.emplace(key, Secret(text));
  return values;
}

// Values that are not in openssl.cnf were given as parameters: the file's permissions do not affect them.
Result<Collected> collect_values(const ossl::Core& core) {
  const auto own = own_section(core);
  if (own) SESAM_CHECK(refuse_unknown_keys(own->cnf, own->name));
  Collected collected;
  collected.values = values_of(core);
  for (const auto& [key, value] : collected.values)
    if (own && own->cnf.has_value(own->name, key, value.reveal()))
      add_file_of(own->cnf.path(), key, collected);
  return complete(std::move(collected));
}

Result<Collected> collect_values(const OpensslCnf* cnf, const std::string& section, const Values& instead) {
  Collected collected;
  if (cnf != nullptr) {
    SESAM_CHECK(refuse_unknown_keys(*cnf, section));
    cnf->for_each(section, [&](const char* key, const char* text) {
      if (is_openssls_own_key(key) || is_replaced(key, instead)) return;
      add_file_of(cnf->path(), key, collected);
      collected.values.insert_or_assign(key, Secret(text));
    });
  }
  for (const auto& [key, value] : instead) collected.values.insert_or_assign(key, value.clone());
  return complete(std::move(collected));
}

ModestSettings modest_settings(const ossl::Core& core) {
  Configuration configuration;
  for (const auto& row : settings()) {
    if (row.key != "log_level" && row.key != "log_output" && row.key != "log_format" &&
        row.key != "claim_pkcs11")
      continue;
    for (const auto& [key, text] : ask_core(core, {row.key}))
      static_cast<void>(row.take(text, configuration));
  }
  return {configuration.log_level, configuration.log_output, configuration.log_format,
          configuration.claim_pkcs11};
}

}  // namespace sesam::config
