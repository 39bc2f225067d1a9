// SPDX-License-Identifier: Apache-2.0
// std::cout as a stream that knows why it failed.
#pragma once

namespace sesam::cli {

/// Once, before anything is printed.
void take_standard_output();

/// The errno of the first write that failed; 0: none has.
int standard_output_error() noexcept;

}  // namespace sesam::cli
