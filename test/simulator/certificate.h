// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate, as the appliance has one.
#pragma once

#include <string>

namespace sesam::simulator {

// Writes a self-signed certificate as the appliance has one (n200.md, "Connection"): the subject's CN is the
// host name, no subjectAltName. EC P-256, valid 10 years; the key file gets mode 0600. Throws
// std::runtime_error.
void write_self_signed(const std::string& common_name, const std::string& cert_path,
                       const std::string& key_path);

}  // namespace sesam::simulator
