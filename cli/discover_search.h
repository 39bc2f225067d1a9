// SPDX-License-Identifier: Apache-2.0
// The search of `sesam discover`: chooses the next request by the replies so far. It reaches the device only
// through the interface Target.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/discover_candidates.h"
#include "cli/discover_refusal.h"
#include "cli/discover_reply.h"

namespace sesam::cli::discover {

/// What a request asks to sign: a row must work for several digests and paddings.
enum class Trial {
  main,          ///< SHA-256; RSA: PKCS#1 v1.5
  other_digest,  ///< RSA: SHA-512, PKCS#1 v1.5
  pss,           ///< RSA: SHA-256, PSS
};

class Target {
 public:
  virtual ~Target() = default;
  virtual Answer ask(const Candidate& candidate, Trial trial) = 0;
  virtual Match verify(Trial trial, std::span<const unsigned char> signature) = 0;
};

struct SearchSettings {
  KeyType kind = KeyType::ec;
  std::size_t signature_bytes = 64;  ///< r‖s, or the modulus
  bool may_send_pin = false;         ///< a PIN is known and may be sent
  unsigned max_unproven_pins = 1;    ///< requests that may carry it until a signature verifies
  bool key_has_no_pin = false;       ///< the key was created without a PIN
  std::vector<std::string> sent{};   ///< values that a reply may quote
  unsigned max_requests = 400;
};

enum class Ending {
  found,
  not_found,
  needs_pin,     ///< a command needs the PIN, which may not be sent
  pin_unproven,  ///< the PIN was sent as often as allowed, and no signature verified
  pin_refused,   ///< also if a request with the PIN was refused for an unclear reason
  unauthorized,  ///< HTTP status 401
  unanswered,    ///< the device stopped replying
  out_of_requests,
};

struct Finding {
  Ending ending = Ending::not_found;
  Candidate candidate;  ///< found: the shortest one that signs
  FoundSignature signature;
  bool pin_was_sent = false;
  bool signs_other_digest = false;  ///< RSA
  bool signs_pss = false;           ///< RSA
  unsigned requests = 0;
  std::vector<std::string> known_commands;  ///< that the device seems to know
  std::vector<std::string> remarks;         ///< sentences for the user

  /// The value for openssl.cnf.
  std::string row() const;
};

/// Sends one request at a time until a signature verifies. Never sends the PIN after the device refused it.
Finding search(Target& target, const SearchSettings& settings);

}  // namespace sesam::cli::discover
