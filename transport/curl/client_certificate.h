// SPDX-License-Identifier: Apache-2.0
// Checks client_cert and client_key before libcurl uses them: libcurl's own messages about them are not
// helpful, and libcurl 7.88 crashes on an encrypted key if it was given no passphrase.
#pragma once

#include <string>

#include "transport/pipeline.h"

namespace sesam::transport::curl {

/// Empty if there is no client certificate or it is valid; otherwise a sentence that describes the problem.
std::string why_bad_client_certificate(const Options& options);

}  // namespace sesam::transport::curl
