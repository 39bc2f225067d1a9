// SPDX-License-Identifier: Apache-2.0
// The errors of an exchange with the device: their reasons, and the texts of their details.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// The operation in progress, for error messages.
struct OperationContext {
  std::string_view what;      ///< "signing", "looking up"
  std::string key;            ///< "key 'JP.example' (hsm...25)"; may be empty
  std::string_view endpoint;  ///< base URL
};

/// The reason for an HTTP status without an intelligible error text; Reason::none below 400.
Reason reason_for_status(int status) noexcept;

/// An error for an exchange without a reply. `ca_path` is the file of trusted CAs (empty: the system's),
/// which the message names if the certificate is not trusted.
Error transport_error(const OperationContext& doing, const transport::Reply& reply, std::string_view ca_path);

/// Detail of the error for a key that the device has locked after several wrong PINs.
inline constexpr std::string_view kKeyIsLocked = "the key is locked, unlock it in the device's web UI";

/// The parts of a device's reply that an error quotes.
struct DeviceWords {
  int status = 200;             ///< HTTP status, quoted if not 200
  std::string_view said{};      ///< untrusted: cut to 200 characters, made printable
  std::string_view problem{};   ///< sesam's own words, which come first; may be empty
  std::string_view location{};  ///< target of a redirection; untrusted
};

/// An error that quotes the device, with the `secrets` redacted (n200/redaction.h).
Error device_error(const OperationContext& doing, Reason reason, const DeviceWords& words,
                   std::span<const std::string_view> secrets);

/// Whether a request for the time failed only in this: the device authorized it, but the time cannot be read,
/// or the device does not know the command. Other commands may work.
bool says_no_time(Reason reason) noexcept;

/// An error with the detail "what key at endpoint: problem".
Error error_of(const OperationContext& doing, Reason reason, std::string_view problem);

}  // namespace sesam::n200
