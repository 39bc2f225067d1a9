// SPDX-License-Identifier: Apache-2.0
// Collects the settings: from the provider's section of openssl.cnf, then
// from the vendor's N200_CONF file for those that the section does not set.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/configuration.h"
#include "config/open_files.h"
#include "config/openssl_cnf.h"
#include "ossl/error_stack.h"

namespace sesam::config {

/// The values that were found, and the files that other users should not be able to read or write.
struct Collected {
  Values values;
  std::vector<WatchedFile> files;
};

/// The settings that the core currently returns, by name: those of openssl.cnf, overridden
/// by what the program gave when it loaded the provider (OSSL_PROVIDER_load_ex(3)) or
/// later (OSSL_PROVIDER_add_conf_parameter(3), -provparam). No I/O.
Values values_of(const ossl::Core& core);

/// Collects the values of all settings. Reads the vendor's file, and openssl.cnf
/// again to find unknown settings, which would go unnoticed otherwise: the core
/// returns only the values of names that it is asked for. Raises bad_configuration.
Result<Collected> collect_values(const ossl::Core& core);

/// The same for the sesam command, which has no core: from a section of a file (null: no file).
/// `instead` has the settings from the command line, which override those of the section or add to them.
Result<Collected> collect_values(const OpensslCnf* cnf, const std::string& section, const Values& instead);

/// Raises bad_configuration if a name in the section is neither a setting nor OpenSSL's own.
Result<void> refuse_unknown_keys(const OpensslCnf& cnf, const std::string& section);

/// The settings that are needed even if the configuration as a whole is invalid: those of the log, and
/// whether the provider claims pkcs11: URIs. As the core returns them; the default if that is invalid.
struct ModestSettings {
  int log_level;
  std::string log_output;
  LineFormat log_format;
  bool claim_pkcs11;
};
ModestSettings modest_settings(const ossl::Core& core);

}  // namespace sesam::config
