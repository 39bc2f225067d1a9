// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption with a symmetric key of the device.
#pragma once

#include <string>
#include <string_view>

namespace sesam::simulator {

// The device's `encrypt` in mode CBC. It is only known that an 11-byte text gives 48 bytes (n200.md). Our
// guess: IV (16 random bytes) ‖ AES-CBC(PKCS#7(length of the text as 8 bytes, big endian ‖ text)). The key
// and the result are in hex, the text is not.
std::string encrypt_cbc(std::string_view key_hex, std::string_view text);

// The inverse. Throws DeviceError(malformed) if encrypt_cbc() cannot have made the ciphertext.
std::string decrypt_cbc(std::string_view key_hex, std::string_view ciphertext_hex);

}  // namespace sesam::simulator
