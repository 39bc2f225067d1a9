// SPDX-License-Identifier: Apache-2.0
#include "config/openssl_cnf.h"

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sesam::config {
namespace {

constexpr std::string_view kOpensslKeys[] = {"identity", "module", "activate", "soft_load", ".include"};

// The text of the first error of the attempt; the later ones are only its consequences.
std::string words_of_first_error() {
  const char* words = ERR_reason_error_string(ERR_peek_error());
  return words == nullptr ? "cannot be read" : words;
}

}  // namespace

void WipeAndFree::operator()(CONF* conf) const noexcept {
  STACK_OF(OPENSSL_CSTRING)* sections = NCONF_get_section_names(conf);
  for (int i = 0; i < sk_OPENSSL_CSTRING_num(sections); ++i) {
    const STACK_OF(CONF_VALUE)* values = NCONF_get_section(conf, sk_OPENSSL_CSTRING_value(sections, i));
    for (int j = 0; j < sk_CONF_VALUE_num(values); ++j) {
      char* text = sk_CONF_VALUE_value(values, j)->value;
      if (text != nullptr) OPENSSL_cleanse(text, std::strlen(text));
    }
  }
  sk_OPENSSL_CSTRING_free(sections);
  NCONF_free(conf);
}

std::string OpensslCnf::default_path() {
  const std::unique_ptr<char, decltype([](char* text) { OPENSSL_free(text); })> path(
      CONF_get1_default_config_file());
  return path ? path.get() : "";
}

Result<OpensslCnf> OpensslCnf::load(const std::string& path) {
  WipedConf conf(NCONF_new(nullptr));
  if (!conf) return Error{Reason::out_of_memory, {}};
  long line = 0;
  ERR_set_mark();
  const bool loaded = NCONF_load(conf.get(), path.c_str(), &line) == 1;
  const int failed = errno;
  std::string words;
  if (!loaded) words = line > 0 ? words_of_first_error() : std::strerror(failed);
  ERR_pop_to_mark();
  if (loaded) return OpensslCnf(path, std::move(conf));
  return Error{Reason::bad_configuration,
               path + (line > 0 ? ", line " + std::to_string(line) : std::string()) + ": " + words};
}

// Not by NCONF_get_string, which looks before the first section, too: what OpenSSL reads from a section, it
// reads from that section alone.
std::optional<std::string> OpensslCnf::value(const std::string& section, const std::string& key) const {
  std::optional<std::string> found;
  for_each(section.empty() ? "default" : section, [&](const char* name, const char* text) {
    if (key == name) found = text;
  });
  return found;
}

bool OpensslCnf::has_value(const std::string& section, std::string_view key, std::string_view value) const {
  bool found = false;  // the last one of the name applies
  for_each(section, [&](const char* name, const char* text) {
    if (key == name) found = value == text;
  });
  return found;
}

bool OpensslCnf::for_each(const std::string& section,
                          const std::function<void(const char*, const char*)>& take) const {
  ERR_set_mark();
  const STACK_OF(CONF_VALUE)* values = NCONF_get_section(conf_.get(), section.c_str());
  ERR_pop_to_mark();
  for (int i = 0; values != nullptr && i < sk_CONF_VALUE_num(values); ++i) {
    const CONF_VALUE* value = sk_CONF_VALUE_value(values, i);
    take(value->name, value->value);
  }
  return values != nullptr;
}

std::vector<std::string> OpensslCnf::sections() const {
  std::vector<std::string> names;
  STACK_OF(OPENSSL_CSTRING)* found = NCONF_get_section_names(conf_.get());
  for (int i = 0; i < sk_OPENSSL_CSTRING_num(found); ++i)
    names.emplace_back(sk_OPENSSL_CSTRING_value(found, i));
  sk_OPENSSL_CSTRING_free(found);
  return names;
}

std::optional<std::vector<OpensslCnf::ProviderRow>> OpensslCnf::providers() const {
  const auto init = init_section();
  const auto name = init ? value(*init, "providers") : std::nullopt;
  std::vector<ProviderRow> rows;
  if (!name || !for_each(*name, [&](const char* key, const char* text) { rows.push_back({key, text}); }))
    return std::nullopt;
  return rows;
}

bool is_openssls_own_key(std::string_view key) noexcept {
  return std::find(std::begin(kOpensslKeys), std::end(kOpensslKeys), key) != std::end(kOpensslKeys);
}

}  // namespace sesam::config
