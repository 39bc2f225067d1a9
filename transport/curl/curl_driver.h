// SPDX-License-Identifier: Apache-2.0
// libcurl as the driver of pipelines: the public header of this folder.
#pragma once

#include <memory>

#include "transport/pipeline.h"

namespace sesam::transport::curl {

/// The process's pipeline for these options, driven by libcurl (see Pipeline::for_options). In a set-user-ID
/// program, first removes from the environment what libcurl must not read (environment.h).
std::shared_ptr<Pipeline> pipeline_for(Options options, std::shared_ptr<const Log> log);

/// Whether this libcurl ignores Options::ca_pem and reads the file `ca_path` with each connection, as it does
/// with every TLS library but OpenSSL.
bool reads_files_only();

}  // namespace sesam::transport::curl
