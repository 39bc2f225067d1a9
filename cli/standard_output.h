// SPDX-License-Identifier: Apache-2.0
// Makes std::cout a stream that records why it failed.
#pragma once

namespace sesam::cli {

/// Called once, before anything is printed.
void take_standard_output();

/// The errno value of the first write that failed; 0 if none has.
int standard_output_error() noexcept;

}  // namespace sesam::cli
