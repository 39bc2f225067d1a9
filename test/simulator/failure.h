// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace n200sim {

// What the device says no to. The texts are guesses (n200.md, ASSUMED "failure").
enum class Failure {
  kAccessDenied,
  kUnknownCommand,
  kMalformed,
  kUnsupported,
  kUnknownCore,
  kUnknownKey,
  kAmbiguousKey,
  kPinMissing,
  kWrongPin,
  kKeyLocked,
  kTooLarge,
  kInternal,
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

}  // namespace n200sim
