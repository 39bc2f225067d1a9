// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption with a symmetric key of the device.
#pragma once

#include <string>
#include <string_view>

namespace sesam::simulator {

// The device's `encrypt` in mode CBC. Observed is only that an 11-byte text gives 48 bytes (n200.md); our
// guess that fits: IV (16 random bytes) ‖ AES-CBC(PKCS#7(text's length as 8 bytes, big endian ‖ text)). Both
// sides are hex.
std::string encrypt_cbc(std::string_view key_hex, std::string_view text);

// Inverts it. Throws DeviceError(malformed) if the ciphertext is not one of ours.
std::string decrypt_cbc(std::string_view key_hex, std::string_view ciphertext_hex);

}  // namespace sesam::simulator
