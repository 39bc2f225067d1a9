// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: compares openssl.cnf and named.cnf, which `sesam setup` writes with the same settings.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>

#include "cli/doctor.h"
#include "cli/shell_word.h"

namespace sesam::cli {
namespace {

constexpr char kName[] = "named's copy";
constexpr char kGeneral[] = "openssl.cnf";
constexpr char kNamed[] = "named.cnf";
constexpr const char* kShorterForNamed[] = {"deadline_ms", "request_timeout_ms"};  // by `sesam setup`

// The settings for the device, its user and its secrets; `sesam setup` keeps others added to named.cnf.
constexpr const char* kShared[] = {"url",  "address", "user",       "tlscert",     "n200_conf",
                                   "pass", "pin",     "keygen_pin", "pass_source", "pin_source"};

std::optional<config::Values> settings_in(const std::string& path) {
  Session session;
  session.config = path;
  const auto cnf = config::OpensslCnf::load(path);
  const Result<std::string> section = cnf ? session.section_in(*cnf) : Result<std::string>(cnf.error());
  if (!section) return std::nullopt;
  auto collected = config::collect_values(&*cnf, *section, {});
  return collected ? std::optional(std::move(collected->values)) : std::nullopt;
}

template <class List>
bool is_in(const List& list, const std::string& key) {
  return std::find(std::begin(list), std::end(list), key) != std::end(list);
}

bool differs(const std::string& key, const config::Values& general, const config::Values& named) {
  const auto ours = general.find(key), theirs = named.find(key);
  if (is_in(kShorterForNamed, key)) return false;
  if (ours == general.end()) return is_in(kShared, key);
  return theirs == named.end() || !(ours->second == theirs->second);
}

// Returns only the names, because a value may be a secret.
std::string differing_settings(const config::Values& general, const config::Values& named) {
  std::set<std::string> keys;
  for (const auto* values : {&general, &named})
    for (const auto& [key, value] : *values) keys.insert(key);
  std::string text;
  for (const auto& key : keys)
    if (differs(key, general, named)) text += (text.empty() ? "" : ", ") + key;
  return text;
}

}  // namespace

void check_named_copy(const std::string& path, Checkup& checkup) {
  const auto examined = std::filesystem::absolute(path);
  const std::string name = examined.filename().string();
  if (name != kGeneral && name != kNamed) return;
  const auto directory = examined.parent_path();
  const auto general = settings_in((directory / kGeneral).string());
  const auto named = settings_in((directory / kNamed).string());
  if (!general || !named) return;  // one is missing, or does not configure sesam
  const std::string other = (directory / (name == kNamed ? kGeneral : kNamed)).string();
  const std::string differing = differing_settings(*general, *named);
  if (differing.empty()) return checkup.good(kName, other + " has the same settings");
  checkup.warn(kName, other + " has other settings: " + differing,
               "make the change in both files, or write both with the settings of " + std::string(kGeneral) +
                   ": sesam setup --force --named --directory " + shell_word(directory.string()));
}

}  // namespace sesam::cli
