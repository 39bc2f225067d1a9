// SPDX-License-Identifier: Apache-2.0
#include "provider/configuration_sources.h"

#include <openssl/conf.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/handles.h"
#include "n200/vendor_conf.h"

namespace sesam::provider {
namespace {

Error bad(std::string problem) { return {Reason::bad_configuration, std::move(problem)}; }

// What OpenSSL itself reads from the section (config(5), "Provider Configuration").
constexpr std::string_view kOpensslKeys[] = {"identity", "module", "activate", "soft_load", ".include"};
// What the vendor's file may say (n200.md, "Connection"); it has other keys, which do not concern us.
constexpr std::string_view kVendorKeys[] = {"url",  "tlscert",    "user",      "pass",
                                            "core", "keygen_pin", "log_level", "log_output"};

bool is_secret(std::string_view key) noexcept { return key == "pass" || key == "pin" || key == "keygen_pin"; }

std::map<std::string, const char*, std::less<>> ask_core(const Core& core,
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

std::string path_of_openssl_cnf() {
  const std::unique_ptr<char, decltype([](char* text) { OPENSSL_free(text); })> path(
      CONF_get1_default_config_file());
  return path ? path.get() : "";
}

// The name of the section that configures the provider: openssl_conf → providers → provider name.
const char* section_of(const CONF* conf, const char* provider_name) {
  const char* init = NCONF_get_string(conf, nullptr, "openssl_conf");
  const char* providers = init == nullptr ? nullptr : NCONF_get_string(conf, init, "providers");
  return providers == nullptr ? nullptr : NCONF_get_string(conf, providers, provider_name);
}

// A key that is misspelt would be ignored silently: the core tells only what it is asked for.
Result<void> refuse_unknown_keys(const Core& core, const std::vector<std::string>& known) {
  const auto names = ask_core(core, {OSSL_PROV_PARAM_CORE_PROV_NAME});
  const std::string path = path_of_openssl_cnf();
  const Conf conf(NCONF_new(nullptr));
  if (names.empty() || path.empty() || !conf || NCONF_load(conf.get(), path.c_str(), nullptr) != 1) return {};
  const char* section = section_of(conf.get(), names.begin()->second);
  const STACK_OF(CONF_VALUE)* values = section == nullptr ? nullptr : NCONF_get_section(conf.get(), section);
  for (int i = 0; values != nullptr && i < sk_CONF_VALUE_num(values); ++i) {
    const std::string key = sk_CONF_VALUE_value(values, i)->name;
    const bool expected =
        std::find(known.begin(), known.end(), key) != known.end() ||
        std::find(std::begin(kOpensslKeys), std::end(kOpensslKeys), key) != std::end(kOpensslKeys);
    if (!expected) return bad("unknown key '" + key + "' in section [" + section + "] of " + path);
  }
  return {};
}

Result<void> add_vendor_values(const std::string& path, Collected& collected) {
  Values& values = collected.values;
  const auto named = [&](const Error& error) { return bad("n200_conf = " + path + ": " + error.detail); };
  const auto text = read_file(path);
  if (const int* failed = std::get_if<int>(&text)) return named(bad(std::strerror(*failed)));
  auto vendor = n200::parse_vendor_conf(std::get<Secret>(text).reveal());
  if (!vendor) return named(vendor.error());
  const auto set = [&](std::string_view key) { return values.find(key) != values.end(); };
  for (const auto key : kVendorKeys) {
    const auto found = vendor->find(key);
    if (found == vendor->end() || found->second.empty() || set(key)) continue;
    if (key == "pass" && set("pass_source")) continue;
    if (key == "keygen_pin" && (set("pin") || set("pin_source"))) continue;
    if (is_secret(key)) collected.secret_files.push_back({path, std::string(key)});
    values.emplace(std::string(key), std::move(found->second));
  }
  return {};
}

// Those that settings name: client_key itself, the others behind "file:".
void add_named_files(Collected& collected) {
  for (const char* key : {"pass_source", "pin_source", "client_key"}) {
    const auto found = collected.values.find(key);
    if (found == collected.values.end()) continue;
    std::string path(found->second.reveal());
    if (path.starts_with("file:"))
      path.erase(0, 5);
    else if (key != std::string_view("client_key"))
      continue;
    collected.secret_files.push_back({std::move(path), key});
  }
}

}  // namespace

Result<Collected> collect_values(const Core& core) {
  std::vector<std::string> keys;
  for (const auto& row : settings()) keys.push_back(row.key);
  SESAM_CHECK(refuse_unknown_keys(core, keys));
  Collected collected;
  for (const auto& [key, text] : ask_core(core, keys)) {
    if (is_secret(key)) collected.secret_files.push_back({path_of_openssl_cnf(), key});
    collected.values.emplace(key, Secret(text));
  }
  const auto configured = collected.values.find("n200_conf");
  const char* environment = secure_getenv("N200_CONF");
  if (configured != collected.values.end())
    SESAM_CHECK(add_vendor_values(std::string(configured->second.reveal()), collected));
  else if (environment != nullptr && *environment != '\0')
    SESAM_CHECK(add_vendor_values(environment, collected));
  add_named_files(collected);
  return collected;
}

ModestSettings modest_settings(const Core& core) {
  Configuration configuration;
  for (const auto& row : settings()) {
    if (row.key != "log_level" && row.key != "log_output" && row.key != "claim_pkcs11") continue;
    for (const auto& [key, text] : ask_core(core, {row.key}))
      static_cast<void>(row.take(text, configuration));
  }
  return {configuration.log_level, configuration.log_output, configuration.claim_pkcs11};
}

}  // namespace sesam::provider
