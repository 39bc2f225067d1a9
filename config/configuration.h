// SPDX-License-Identifier: Apache-2.0
// The configuration: the settings in the provider's section of openssl.cnf, and the values that result.
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

/// The result of all settings; immutable once built.
struct Configuration {
  transport::Options connection;
  n200::Options device;
  int log_level = 0;
  std::string log_output = "stderr";
  LineFormat log_format = LineFormat::text;
  bool claim_pkcs11 = true;
  std::string certificates;  ///< the directory of the certificates, read at first use; empty: none
};

/// A setting: its name, its default, and the function that applies its text to the configuration.
struct Setting {
  std::string key;
  std::string default_text;  ///< as openssl.cnf.example shows it; empty: none
  bool secret = false;       ///< the value must not appear in a message
  std::function<Result<void>(std::string_view text, Configuration&)> take;
  bool source = false;  ///< says where a secret is; a value of another form may be the secret itself
};

/// The setting that names a file with the secret, so that other users cannot see it on the command line.
inline const char* source_setting(const Setting& secret) {
  return secret.key == "pass" ? "pass_source" : "pin_source";
}

/// All settings of the section except OpenSSL's own (module,
/// activate, identity, ...), in the order of openssl.cnf.example.
std::vector<Setting> settings();

/// The values that were found, by name of the setting. build_configuration() rejects unknown names.
using Values = std::map<std::string, Secret, std::less<>>;

/// Applies all values; other settings keep their defaults. Raises bad_configuration: the setting,
/// its value (unless it may be secret) and what is allowed. Reads the files that settings name at
/// this point, because the process may change its user and root directory later.
Result<Configuration> build_configuration(const Values& values);

}  // namespace sesam::config
