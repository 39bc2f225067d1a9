// SPDX-License-Identifier: Apache-2.0
#include "cli/listed_providers.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <vector>

namespace sesam::cli {

using config::OpensslCnf;

bool is_active(const OpensslCnf& cnf, const std::string& section) {
  constexpr std::string_view kYes[] = {"1", "yes", "YES", "true", "TRUE", "on", "ON"};
  const auto text = cnf.value(section, "activate");
  return text && std::ranges::find(kYes, *text) != std::end(kYes);
}

bool is_named(const OpensslCnf& cnf, const OpensslCnf::ProviderRow& row, std::string_view name) {
  return row.name == name || cnf.value(row.section, "identity") == name;
}

std::optional<OpensslCnf::ProviderRow> active_pkcs11_provider(const OpensslCnf& cnf) {
  for (const auto& row : cnf.providers().value_or(std::vector<OpensslCnf::ProviderRow>{})) {
    const auto module = cnf.value(row.section, "module");
    const bool is_it =
        is_named(cnf, row, "pkcs11") || (module && std::filesystem::path(*module).stem() == "pkcs11");
    if (is_it && is_active(cnf, row.section)) return row;
  }
  return std::nullopt;
}

}  // namespace sesam::cli
