// SPDX-License-Identifier: Apache-2.0
// A request to the device, and how it went.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "n200/errors.h"
#include "n200/key_handle.h"
#include "n200/operation.h"
#include "n200/outcome.h"
#include "n200/request.h"

namespace sesam::n200 {

/// The operation fills in the first part, the Exchanger the second.
struct Exchange {
  static constexpr std::size_t kReplyCapBytes = 64 * 1024;  // of everything but listings

  Operation operation{};
  OperationContext doing{};
  std::chrono::steady_clock::time_point deadline{};
  OperationKind kind = OperationKind::reading;
  std::size_t reply_cap_bytes = kReplyCapBytes;
  Values values{};
  std::string_view pin{};
  PinVerdicts* pin_verdicts = nullptr;     // on that pin
  std::string_view secret_sent{};          // the bytes that are imported or encrypted
  SignatureProof* proof = nullptr;         // of the key that signs
  std::optional<std::size_t> only_node{};  // no other node is asked
  bool is_follow_up = false;               // of an operation that is under way: the breaker does not stop it
  std::size_t expected_bytes = 0;          // of a signature, of random numbers

  int status = 0;                // of the last reply
  std::size_t node = 0;          // that was asked last
  unsigned password_number = 0;  // that was sent last, or is newer than that (transport/passwords.h)
  bool must_prove = false;       // a node did not have the key
  bool outcome_unknown = false;  // the device may have acted, and its reply does not say so, or is not read

  /// Names the key, and sends its PIN. Both arguments must outlive the exchange.
  void set_key(const KeyHandle& key, std::string_view core) {
    pin = key.pin.reveal();
    pin_verdicts = key.pin_verdicts.get();
    values.set(Placeholder::core, core)
        .set(Placeholder::key_id, key.key_id)
        .set(Placeholder::token, key.token)
        .set(Placeholder::name, key.nice_name)
        .set(Placeholder::pin, pin);
  }
};

}  // namespace sesam::n200
