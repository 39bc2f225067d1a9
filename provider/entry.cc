// SPDX-License-Identifier: Apache-2.0
// The only exported symbol of the module. No network, threads or curl in here: every program on
// the machine that loads openssl.cnf runs this code, some of them before main() and as root.
#include <openssl/core.h>
#include <openssl/core_dispatch.h>

#include <memory>

#include "base/cancellation.h"
#include "ossl/error_stack.h"
#include "provider/process_life.h"
#include "provider/provider.h"

// provider-base(7). Fails only if out of memory; an invalid configuration is raised when a key is used.
extern "C" __attribute__((visibility("default"))) int OSSL_provider_init(const OSSL_CORE_HANDLE* handle,
                                                                         const OSSL_DISPATCH* upcalls,
                                                                         const OSSL_DISPATCH** functions,
                                                                         void** provctx) try {
  const sesam::HeldCancellation held;
  const sesam::ossl::ErrorMark mark;
  auto provider = std::make_unique<sesam::provider::Provider>(sesam::ossl::Core(handle, upcalls));
  sesam::provider::register_process_life();
  *functions = sesam::provider::kProvider;
  *provctx = provider.release();
  return 1;
} catch (...) {
  return 0;
}
