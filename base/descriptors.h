// SPDX-License-Identifier: Apache-2.0
// File descriptors that a program's standard streams cannot be mistaken for.
#pragma once

namespace sesam {

/// The same descriptor with a number above standard error's, close-on-exec; -1 and errno if there is none to
/// be had. In a program without standard streams a new one gets their numbers, and what anybody prints ends
/// in it. Takes -1 for an open that failed.
int above_standard_streams(int fd) noexcept;

}  // namespace sesam
