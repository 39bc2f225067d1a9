// SPDX-License-Identifier: Apache-2.0
// Alternative names for a signing command and its fields, as other firmware could have them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fields.h"

namespace sesam::simulator {

// Alternative names for a signing command and its fields: {"command": "signecc", "as": "eccsign", "fields":
// {"digest": "hash"}, "strict": true}. The assumed name of the command is then unknown, and so are those of
// renamed fields, which become mandatory. strict: other unknown fields are refused.
class SignDialect {
 public:
  SignDialect() = default;
  // Throws std::invalid_argument.
  explicit SignDialect(const std::string& json);

  // Maps the command name of a POST to the assumed one; empty if the name was replaced by another.
  std::string command_for(const std::string& name) const;
  // Renames fields to the assumed names. Throws DeviceError(malformed).
  Fields translate(const std::string& command, const Fields& fields) const;

 private:
  bool is_as_assumed(std::string_view name) const;

  std::string name_, as_;
  std::map<std::string, std::string> fields_;  // alternative -> assumed
  bool strict_ = false;
};

}  // namespace sesam::simulator
