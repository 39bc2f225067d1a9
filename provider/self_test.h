// SPDX-License-Identifier: Apache-2.0
// OSSL_PROVIDER_self_test(3): checks that the settings are valid and that the device responds.
#pragma once

#include "base/result.h"

namespace sesam::provider {

/// Runs until the first check that fails, and raises its error. Reads only: no PIN is sent and no signature
/// made. Each check is reported to the program's self-test callback (OSSL_SELF_TEST_set_callback(3)).
Result<void> self_test(void* provctx);

}  // namespace sesam::provider
