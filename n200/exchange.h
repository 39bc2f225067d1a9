// SPDX-License-Identifier: Apache-2.0
// A request to the device and its outcome.
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
  static constexpr std::size_t kReplyCapBytes = 64 * 1024;  // for most operations

  Operation operation{};
  OperationContext doing{};
  std::chrono::steady_clock::time_point deadline{};
  OperationKind kind = OperationKind::reading;
  std::size_t reply_cap_bytes = kReplyCapBytes;
  Values values{};
  std::string_view pin{};
  PinVerdicts* pin_verdicts = nullptr;     // for `pin`
  std::string_view secret_sent{};          // data to import, encrypt or decrypt; redacted
  SignatureProof* proof = nullptr;         // of the signing key
  std::optional<std::size_t> only_node{};  // if set, no other node is asked
  bool is_follow_up = false;               // part of an operation in progress: the breaker does not stop it
  bool pauses_job = true;                  // transport/request.h
  std::size_t expected_bytes = 0;          // size of a signature or of random numbers

  int status = 0;                // HTTP status of the last reply
  bool is_json = false;          // the last reply was JSON
  std::size_t node = 0;          // the node asked last
  unsigned password_number = 0;  // newest one before the last request was sent (transport/passwords.h)
  bool must_prove = false;       // verify the signature: a node lacked the key or rejected its PIN
  bool outcome_unknown = false;  // the device may have acted, but no reply has confirmed it

  /// Sets the key and its PIN in the request. Both arguments must outlive the exchange.
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
