// SPDX-License-Identifier: Apache-2.0
// What to do if OPENSSL_CONF is not set, and OpenSSL's own openssl.cnf does not configure the provider.
#pragma once

#include <string>

#include "cli/session.h"
#include "cli/setup.h"

namespace sesam::cli {

/// Whether the file is OpenSSL's own because neither --config nor OPENSSL_CONF names another.
bool is_openssls_own(const Session& session) noexcept;

/// Suggests naming the file `written` in OPENSSL_CONF if it exists, otherwise running `sesam setup`.
std::string openssl_conf_hint(const std::string& written = std::string(setup::kDirectory) + "/openssl.cnf");

}  // namespace sesam::cli
