// SPDX-License-Identifier: Apache-2.0
// The operations of the device, except look-ups: free functions, with one file per operation. Device
// (n200/device.h) documents what each does and raises.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/new_key.h"
#include "n200/to_sign.h"

namespace sesam::n200 {

// sign.cc
Result<Signed> sign(Exchanger& exchanger, const KeyHandle& key, const ToSign& what,
                    std::span<unsigned char> signature, Exchanger::Clock::time_point until);
void note_verdict(Exchanger& exchanger, const KeyHandle& key, const Signed& made, bool is_good);
/// What is known about this key's signatures, shared by all users of the key.
std::shared_ptr<SignatureProof> proof_of(const Exchanger& exchanger, const KeyRecord& record);

// make_key.cc
/// Generates a key, or imports `given` if it is not null.
Result<KeyRecord> make_key(Exchanger& exchanger, const NewKey& key, const EcKeyPair* given);

// delete_key.cc
Result<void> delete_key(Exchanger& exchanger, const KeyHandle& key);

// encrypt.cc
Result<Bytes> encrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> plain);
Result<Secret> decrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> cipher);

// random.cc
/// Fills `out`, with at most `request_bytes` per request.
Result<void> random(Exchanger& exchanger, std::span<unsigned char> out, std::size_t request_bytes);

// timestamp.cc
Result<std::chrono::sys_seconds> timestamp(Exchanger& exchanger);

}  // namespace sesam::n200
