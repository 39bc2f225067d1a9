// SPDX-License-Identifier: Apache-2.0
// The configuration: what may stand in the provider's section of openssl.cnf, and what comes of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/record_line.h"
#include "base/result.h"
#include "base/secret.h"
#include "n200/options.h"
#include "transport/pipeline.h"

namespace sesam::config {

/// What the settings add up to; immutable once built.
struct Configuration {
  transport::Options connection;
  n200::Options device;
  int log_level = 0;
  std::string log_output = "stderr";
  LineFormat log_format = LineFormat::text;
  bool claim_pkcs11 = true;
  std::string certificates;  ///< the directory of the certificates, read at first use; empty: none
};

/// A setting: its key, what it is without being set, and how its text is taken.
struct Setting {
  std::string key;
  std::string default_text;  ///< as openssl.cnf.example shows it; empty: none
  bool secret = false;       ///< the value never stands in a message
  std::function<Result<void>(std::string_view text, Configuration&)> take;
  bool source = false;  ///< names where a secret is; a value of another form may be the secret itself
};

/// The setting that names a file with the secret instead, where no other user can see it.
inline const char* source_setting(const Setting& secret) {
  return secret.key == "pass" ? "pass_source" : "pin_source";
}

/// Every key of the section but OpenSSL's own (module, activate, identity, ...), in the order of
/// openssl.cnf.example.
std::vector<Setting> settings();

/// The values that were found, by key. A key that is no setting is an error.
using Values = std::map<std::string, Secret, std::less<>>;

/// Takes all values, the defaults where there is none. Raises bad_configuration: key, value (never a
/// secret's), what is allowed. Files that settings name are read here and only here: the process may change
/// its user and root directory later.
Result<Configuration> build_configuration(const Values& values);

}  // namespace sesam::config
