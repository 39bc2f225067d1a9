// SPDX-License-Identifier: Apache-2.0
// What one provider instance gives to its store, keymgmt, signature and encoder objects: OpenSSL's provctx.
#pragma once

#include <openssl/core_dispatch.h>

#include <memory>

#include "base/result.h"
#include "n200/device.h"

namespace sesam::n200 {

struct Context {
  std::shared_ptr<Device> device;  ///< null where the configuration is bad
  Error configuration_error{Reason::none, {}};
  bool claims_pkcs11 = true;  ///< also serves pkcs11: URIs, files that hold one, and BIND's generation
  OSSL_FUNC_BIO_write_ex_fn* bio_write = nullptr;  ///< the core's, for encoders and decoders
  OSSL_FUNC_BIO_read_ex_fn* bio_read = nullptr;
  OSSL_FUNC_BIO_gets_fn* bio_gets = nullptr;

  /// The device, or why there is none. Raises bad_configuration.
  Result<std::shared_ptr<Device>> require_device() const {
    if (!device) return configuration_error;
    return device;
  }
};

}  // namespace sesam::n200
