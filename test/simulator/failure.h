// SPDX-License-Identifier: Apache-2.0
// Failures that the device reports, with their texts and HTTP statuses.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sesam::simulator {

// The reasons for which the device refuses a request. The texts are guesses (n200.md, ASSUMED "failure").
enum class Failure {
  access_denied,
  unknown_command,
  malformed,
  unsupported,
  unknown_core,
  unknown_key,
  ambiguous_key,
  pin_missing,
  wrong_pin,
  key_locked,
  too_large,
  internal,
};

std::string_view failure_text(Failure failure);
int failure_status(Failure failure);

// Thrown by command handlers, on the I/O thread or on a core's thread; becomes the error reply.
class DeviceError : public std::runtime_error {
 public:
  explicit DeviceError(Failure failure, std::string_view detail = {});
  Failure failure() const { return failure_; }

 private:
  Failure failure_;
};

}  // namespace sesam::simulator
