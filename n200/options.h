// SPDX-License-Identifier: Apache-2.0
// The options of the device layer, in addition to transport::Options; filled once from the configuration,
// immutable afterwards.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "base/secret_file.h"
#include "n200/audit_options.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// Which signatures are verified with the public key before they are released.
enum class Verify : std::uint8_t { no, rsa, yes };

struct Options {
  unsigned core = 1;             ///< if the URI names none
  Secret pin;                    ///< if the URI has none; empty: the PIN stored in the device
  std::string acl = "FFFF";      ///< of generated keys
  unsigned deadline_ms = 15000;  ///< of a whole operation, retries and waiting included
  unsigned key_cache_seconds = 60;
  unsigned max_listing_mib = 512;
  Verify verify_signatures = Verify::rsa;
  bool remembers_refusals =
      true;                  ///< a request to which the device denied access is not sent again immediately
  SecretFile password_file;  ///< of transport::Options::password; not read again if its path is empty
  AuditOptions audit;
  WireTable wire;

  bool operator==(const Options&) const = default;
};

}  // namespace sesam::n200
