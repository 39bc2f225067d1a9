// SPDX-License-Identifier: Apache-2.0
// The other providers that an openssl.cnf lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/openssl_cnf.h"

namespace sesam::cli {

/// Whether OpenSSL loads the provider of that section for every program (config(5), "activate"). False also
/// for values such as "Yes" and "0", which only OpenSSL 3.0 takes for yes, as it takes any value.
bool is_active(const config::OpensslCnf& cnf, const std::string& section);

/// Whether OpenSSL knows that provider as `name`.
bool is_named(const config::OpensslCnf& cnf, const config::OpensslCnf::ProviderRow& row,
              std::string_view name);

/// pkcs11-provider, if it is loaded; otherwise nothing. Of the providers that serve "pkcs11:", the first one
/// listed gets all of these URIs.
std::optional<config::OpensslCnf::ProviderRow> active_pkcs11_provider(const config::OpensslCnf& cnf);

}  // namespace sesam::cli
