// SPDX-License-Identifier: Apache-2.0
// Can libcurl use what client_cert and client_key hold? Asked before it is tried: libcurl's own words for it
// say nothing, and libcurl 7.88 crashes on an encrypted key whose passphrase it was not told.
#pragma once

#include <string>

#include "transport/pipeline.h"

namespace sesam::transport::curl {

/// Empty if there is no client certificate, or a good one; else a sentence that says what is wrong.
std::string why_bad_client_certificate(const Options& options);

}  // namespace sesam::transport::curl
