// SPDX-License-Identifier: Apache-2.0
// The provider's parameters: who it is, and what was counted in this process.
#pragma once

#include <openssl/core.h>

#include "base/result.h"

namespace sesam::provider {

/// Names and types of all parameters (provider-base(7)).
const OSSL_PARAM* gettable_params(void* provctx);

/// Sets those that are asked for. The numbers are those of the process, whatever the instance, 64-bit
/// unsigned at their widest; "sesam-metrics" is the text of n200/open_metrics.h. Raises bad_argument where
/// one does not fit.
Result<void> get_params(void* provctx, OSSL_PARAM params[]);

}  // namespace sesam::provider
