// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/new_key.h"

namespace sesam::n200 {

/// Generates a key; imports one, where `given` is not null. As Device::generate() and Device::import_ec().
Result<KeyRecord> make_key(Exchanger& exchanger, const NewKey& key, const EcKeyPair* given);

}  // namespace sesam::n200
