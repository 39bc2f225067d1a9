// SPDX-License-Identifier: Apache-2.0
// The settings of the audit.
#pragma once

#include <string>

#include "base/record_line.h"

namespace sesam::n200 {

struct AuditOptions {
  std::string output;  ///< stderr, syslog or a path; empty: no audit
  LineFormat format = LineFormat::text;
  bool has_digests = false;
  bool is_required = false;  ///< an operation fails if its record cannot be written

  bool operator==(const AuditOptions&) const = default;
};

}  // namespace sesam::n200
