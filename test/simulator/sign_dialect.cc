// SPDX-License-Identifier: Apache-2.0
#include "sign_dialect.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "failure.h"

namespace sesam::simulator {

SignDialect::SignDialect(const std::string& json) {
  try {
    const auto wanted = nlohmann::json::parse(json);
    name_ = wanted.at("command").get<std::string>();
    as_ = wanted.value("as", "eccsign");
    fields_ = wanted.value("fields", fields_);
    strict_ = wanted.value("strict", false);
  } catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(std::string("--sign-dialect: ") + error.what());
  }
}

std::string SignDialect::command_for(const std::string& name) const {
  if (name_.empty()) return name;
  if (name == name_) return as_;
  return name == as_ ? std::string() : name;
}

Fields SignDialect::translate(const std::string& command, const Fields& fields) const {
  if (command != as_ || name_.empty()) return fields;
  Fields translated;
  for (const auto& [name, value] : fields.all()) {
    const auto renamed = fields_.find(std::string(name));
    if (renamed != fields_.end())
      translated.add(renamed->second, value);
    else if (is_as_assumed(name))
      translated.add(name, value);
    else if (strict_)
      throw DeviceError(Failure::malformed, std::string("unknown parameter '").append(name).append("'"));
  }
  for (const auto& [theirs, assumed] : fields_)
    if (!translated.get(assumed)) throw DeviceError(Failure::malformed, "missing parameter '" + theirs + "'");
  return translated;
}

bool SignDialect::is_as_assumed(std::string_view name) const {
  constexpr std::string_view kAssumed[] = {"command", "core",    "key",     "pin",
                                           "hash",    "padding", "hashalg", "saltlen"};
  for (const auto& [theirs, assumed] : fields_)
    if (assumed == name) return false;
  return std::find(std::begin(kAssumed), std::end(kAssumed), name) != std::end(kAssumed);
}

}  // namespace sesam::simulator
