// SPDX-License-Identifier: Apache-2.0
#include "cli/listed_providers.h"

#include <filesystem>
#include <vector>

namespace sesam::cli {

using config::OpensslCnf;

bool is_active(const OpensslCnf& cnf, const std::string& section) {
  const auto text = cnf.value(section, "activate");
  return text && *text != "0" && *text != "no" && *text != "off" && *text != "false";
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
