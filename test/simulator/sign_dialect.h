// SPDX-License-Identifier: Apache-2.0
// Other names for a signing command and its fields, as other firmware could have them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fields.h"

namespace sesam::simulator {

// Other names for a signing command and its fields: {"command": "signecc", "as": "eccsign", "fields":
// {"digest": "hash"}, "strict": true}. The assumed command is unknown then, and so is a field that was
// renamed. strict: a field that the command does not know is refused.
class SignDialect {
 public:
  SignDialect() = default;
  // Throws std::invalid_argument.
  explicit SignDialect(const std::string& json);

  // The command that a POST's name stands for; empty if it stands for none.
  std::string command_for(const std::string& name) const;
  // The same fields by their assumed names. Throws DeviceError.
  Fields translate(const std::string& command, const Fields& fields) const;

 private:
  bool is_as_assumed(std::string_view name) const;

  std::string name_, as_;
  std::map<std::string, std::string> fields_;  // theirs -> assumed
  bool strict_ = false;
};

}  // namespace sesam::simulator
