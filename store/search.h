// SPDX-License-Identifier: Apache-2.0
// What OSSL_STORE_find(3) searches for.
#pragma once

#include <openssl/core.h>

#include <string>

#include "base/hex.h"
#include "base/result.h"

namespace sesam::store {

struct Search {
  Bytes subject;      ///< of a certificate, DER; empty: any
  std::string alias;  ///< the key's nice_name; empty: any

  /// Reads the criteria from a loader's parameters. Raises bad_argument if one is not offered or invalid.
  Result<void> set_params(const OSSL_PARAM params[]);
};

}  // namespace sesam::store
