// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <array>

namespace n200sim {
namespace {

struct Row {
  Failure failure;
  std::string_view text;
  int status;
};

// A wrong password and a missing access rule look the same on purpose: n200.md says they may.
constexpr std::array kRows{
    Row{Failure::kAccessDenied, "access denied", 403},  Row{Failure::kUnknownCommand, "unknown command", 404},
    Row{Failure::kMalformed, "malformed request", 400}, Row{Failure::kUnsupported, "not supported", 400},
    Row{Failure::kUnknownCore, "unknown core", 400},    Row{Failure::kUnknownKey, "unknown key", 404},
    Row{Failure::kAmbiguousKey, "ambiguous key", 409},  Row{Failure::kPinMissing, "pin missing", 403},
    Row{Failure::kWrongPin, "wrong pin", 403},          Row{Failure::kKeyLocked, "key locked", 403},
    Row{Failure::kTooLarge, "request too large", 413},  Row{Failure::kInternal, "internal error", 500},
};

const Row& row_of(Failure failure) {
  for (const Row& row : kRows) {
    if (row.failure == failure) return row;
  }
  return kRows.back();
}

std::string full_text(Failure failure, std::string_view detail) {
  std::string text(failure_text(failure));
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace

std::string_view failure_text(Failure failure) { return row_of(failure).text; }
int failure_status(Failure failure) { return row_of(failure).status; }

DeviceError::DeviceError(Failure failure, std::string_view detail)
    : std::runtime_error(full_text(failure, detail)), failure_(failure) {}

}  // namespace n200sim
