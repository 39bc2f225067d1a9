// SPDX-License-Identifier: Apache-2.0
// What the device reports about one key.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "n200/node_set.h"

namespace sesam::n200 {

/// One record of getkeyattributes or listkeys (n200.md, "GET").
struct KeyRecord {
  std::string key_id;  ///< 39 characters
  std::string token;   ///< 31-character token label, as the device returned it
  std::string id;      ///< CKA_ID, 12 upper-case hex digits
  std::string nice_name;
  std::string key_type;  ///< the device's word: "NIST", "BRAINPOOL", "RSA", "SYM"
  unsigned key_bits = 0;
  Bytes public_key;  ///< EC: X‖Y, each padded to the field's size; empty if not returned
  Bytes modulus;     ///< RSA: big-endian
  Bytes exponent;

  std::size_t node = 0;  ///< index in `urls` of the node that returned it
  NodeSet lacking = 0;   ///< nodes that did not know the key when it was looked up

  /// The device's text for the public key, cut, if it is not understood; untrusted.
  std::string unread_public_key;
  std::string flaw;  ///< why the record is unusable, such as a contradiction; empty if usable

  // For display only; empty if the device did not return them.
  std::string acl;      ///< four hex digits
  std::string owner;    ///< a user of the device
  std::string created;  ///< dates, as the device writes them: "2022/10/01 20:15"
  std::string last_used;
  std::string planned_until;  ///< the end of the planned lifetime

  bool has_public_part() const noexcept { return !public_key.empty() || !modulus.empty(); }
  /// Its approximate size in memory, in bytes.
  std::size_t bytes() const noexcept {
    std::size_t sum = sizeof *this;
    for (const auto* text : {&key_id, &token, &id, &nice_name, &key_type, &unread_public_key, &flaw, &acl,
                             &owner, &created, &last_used, &planned_until})
      sum += text->capacity();
    for (const auto* number : {&public_key, &modulus, &exponent}) sum += number->capacity();
    return sum;
  }

  /// The token label that the device returned, or else the one that follows from the key_id: its 16-digit
  /// counter cut to the last 8 digits.
  std::string token_label() const {
    return token.empty() && key_id.size() == 39 ? key_id.substr(0, 23) + key_id.substr(31) : token;
  }
  /// The PKCS#11 serial number: the 16 hex digits in the middle of the key_id.
  std::string serial() const { return key_id.size() == 39 ? key_id.substr(7, 16) : std::string(); }
};

/// Records of listings that cannot be used.
struct SkippedRecords {
  std::size_t count = 0;
  // Of the first one; untrusted.
  std::string key_id;
  std::string flaw;
};

using KeyRecords = std::shared_ptr<const std::vector<KeyRecord>>;

constexpr std::string_view kObservedType = "NIST";  // of KeyRecord::key_type
constexpr std::string_view kSymmetricType = "SYM";  // has no public part

}  // namespace sesam::n200
