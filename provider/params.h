// SPDX-License-Identifier: Apache-2.0
// The provider's parameters: its name and version, and the counters of this process.
#pragma once

#include <openssl/core.h>

#include "base/result.h"

namespace sesam::provider {

/// Names and types of all parameters (provider-base(7)).
const OSSL_PARAM* gettable_params(void* provctx);

/// Sets the parameters that are asked for. The numbers are those of the process, not of the
/// instance, as unsigned integers of up to 64 bits; "sesam-metrics" is the text of
/// n200/open_metrics.h. Raises bad_argument if a parameter has the wrong type or is too small.
Result<void> get_params(void* provctx, OSSL_PARAM params[]);

}  // namespace sesam::provider
