// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/to_sign.h"

namespace sesam::n200 {

/// As Device::sign() and Device::note_verdict().
Result<Signed> sign(Exchanger& exchanger, const KeyHandle& key, const ToSign& what,
                    std::span<unsigned char> signature, Exchanger::Clock::time_point until);
void note_verdict(Exchanger& exchanger, const KeyHandle& key, const Signed& made, bool is_good);

/// What is known of this key's signatures, shared by all users of the key.
std::shared_ptr<SignatureProof> proof_of(const Exchanger& exchanger, const KeyRecord& record);

}  // namespace sesam::n200
