// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate like the appliance's.
#pragma once

#include <string>

namespace sesam::simulator {

// Writes a self-signed certificate like the appliance's (n200.md, "Connection"):
// the subject's CN is the host name, and there is no subjectAltName. EC P-256,
// valid for 10 years; the key file gets mode 0600. Throws std::runtime_error.
void write_self_signed(const std::string& common_name, const std::string& cert_path,
                       const std::string& key_path);

}  // namespace sesam::simulator
