// SPDX-License-Identifier: Apache-2.0
// What the device layer needs to know beside transport::Options; filled once by provider/, immutable
// afterwards.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "base/secret_file.h"
#include "n200/audit_options.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// Which signatures are held against the public key before they are handed out.
enum class Verify : std::uint8_t { no, rsa, yes };

struct Options {
  unsigned core = 1;             ///< where a URI names none
  Secret pin;                    ///< where a URI has none; empty: the PIN stored in the device
  std::string acl = "FFFF";      ///< of generated keys
  unsigned deadline_ms = 15000;  ///< of a whole operation, retries and waiting included
  unsigned key_cache_seconds = 60;
  unsigned max_listing_mib = 512;
  Verify verify_signatures = Verify::rsa;
  bool remembers_refusals =
      true;                  ///< a request that was refused for want of access is not sent again at once
  SecretFile password_file;  ///< of transport::Options::password; without a path: it is not read again
  AuditOptions audit;
  WireTable wire;

  bool operator==(const Options&) const = default;
};

}  // namespace sesam::n200
