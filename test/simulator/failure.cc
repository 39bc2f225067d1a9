// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <array>

namespace sesam::simulator {
namespace {

struct Row {
  Failure failure;
  std::string_view text;
  int status;
};

// A wrong password and a missing access rule look the same on purpose; n200.md permits it.
constexpr std::array kRows{
    Row{Failure::access_denied, "access denied", 403}, Row{Failure::unknown_command, "unknown command", 404},
    Row{Failure::malformed, "malformed request", 400}, Row{Failure::unsupported, "not supported", 400},
    Row{Failure::unknown_core, "unknown core", 400},   Row{Failure::unknown_key, "unknown key", 404},
    Row{Failure::ambiguous_key, "ambiguous key", 409}, Row{Failure::pin_missing, "pin missing", 403},
    Row{Failure::wrong_pin, "wrong pin", 403},         Row{Failure::key_locked, "key locked", 403},
    Row{Failure::too_large, "request too large", 413}, Row{Failure::internal, "internal error", 500},
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

}  // namespace sesam::simulator
