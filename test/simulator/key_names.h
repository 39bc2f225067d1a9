// SPDX-License-Identifier: Apache-2.0
// The names that the device gives to a new key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sesam::simulator {

// n200.md, "Names of one key": `hsm` + `0101` + 16 hex digits of serial + a 16-digit counter (39 characters).
std::string make_key_id(std::string_view serial, std::uint64_t counter);

// The same with the counter cut to its last 8 digits (31 characters): the slot, token name and PKCS#11 label.
std::string make_slot(std::string_view key_id);

// Six random bytes in hex: the PKCS#11 CKA_ID. The key store ensures that it is unique.
std::string random_id();

}  // namespace sesam::simulator
