// SPDX-License-Identifier: Apache-2.0
// Log lines of the I/O thread, which has nobody to report a failure to.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/log.h"

namespace sesam::transport::curl {

/// Joins the parts into one line, if the log wants that level. Without memory for the line there is none.
void report(const Log& log, LogLevel level, std::initializer_list<std::string_view> parts) noexcept;

}  // namespace sesam::transport::curl
