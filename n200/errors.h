// SPDX-License-Identifier: Apache-2.0
// The errors of an exchange with the device: their reasons, and the sentences of their details.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// What was being done, for the message.
struct OperationContext {
  std::string_view what;      ///< "signing", "looking up"
  std::string key;            ///< "key 'JP.example' (hsm...25)"; may be empty
  std::string_view endpoint;  ///< base URL
};

/// The reason for an HTTP status without an intelligible error text; none below 400.
Reason reason_for_status(int status) noexcept;

/// An error for a lost exchange. `ca_path` is the trusted file ("" for the system's), named where trust
/// failed.
Error transport_error(const OperationContext& doing, const transport::Reply& reply, std::string_view ca_path);

/// In the details of an error for a key that the device has locked after several wrong PINs.
inline constexpr std::string_view kKeyIsLocked = "the key is locked, unlock it in the device's web UI";

/// What a device's reply says, as far as it is told.
struct DeviceWords {
  int status = 200;             ///< told when it is another
  std::string_view said{};      ///< untrusted: cut to 200 characters, made printable
  std::string_view problem{};   ///< our words, which come first; may be empty
  std::string_view location{};  ///< where a redirection points to; untrusted
};

/// An error for what the device said, without the `secrets` in its words (n200/redaction.h).
Error device_error(const OperationContext& doing, Reason reason, const DeviceWords& words,
                   std::span<const std::string_view> secrets);

/// "what key at endpoint: problem".
Error error_of(const OperationContext& doing, Reason reason, std::string_view problem);

}  // namespace sesam::n200
