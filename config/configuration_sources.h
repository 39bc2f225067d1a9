// SPDX-License-Identifier: Apache-2.0
// Where settings come from: the provider's section of openssl.cnf, then the vendor's N200_CONF file for what
// it leaves open.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/configuration.h"
#include "config/open_files.h"
#include "config/openssl_cnf.h"
#include "ossl/error_stack.h"

namespace sesam::config {

/// What was found, and the files that others should not get at.
struct Collected {
  Values values;
  std::vector<WatchedFile> files;
};

/// The settings that the core returns at this time, by key: those of openssl.cnf, overridden by what the
/// program gave when it loaded the provider (OSSL_PROVIDER_load_ex(3)) or later
/// (OSSL_PROVIDER_add_conf_parameter(3), -provparam). No I/O.
Values values_of(const ossl::Core& core);

/// Collects the values of all settings. Reads the vendor's file, and openssl.cnf once more for keys that
/// nobody would notice otherwise: the core tells only the values of keys that it is asked for. Raises
/// bad_configuration.
Result<Collected> collect_values(const ossl::Core& core);

/// The same for the command, which no core tells anything: from a section of a file (null: there is none),
/// with what was given on the command line instead of, or besides, what stands there.
Result<Collected> collect_values(const OpensslCnf* cnf, const std::string& section, const Values& instead);

/// Raises bad_configuration for a key that is neither a setting nor OpenSSL's own.
Result<void> refuse_unknown_keys(const OpensslCnf& cnf, const std::string& section);

/// What matters even when the configuration as a whole is bad: where the log goes and whether pkcs11: is
/// ours. By openssl.cnf alone; the default for what is itself bad.
struct ModestSettings {
  int log_level;
  std::string log_output;
  LineFormat log_format;
  bool claim_pkcs11;
};
ModestSettings modest_settings(const ossl::Core& core);

}  // namespace sesam::config
