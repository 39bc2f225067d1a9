// SPDX-License-Identifier: Apache-2.0
// The private and public parts of a key, generated or imported.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sesam::simulator {

enum class KeyType { nist, brainpool, rsa, sym };

// "NIST", "BRAINPOOL", "RSA", "SYM": the names used in listkeys and in `curve` (n200.md).
std::string_view type_name(KeyType type);
std::optional<KeyType> parse_type(std::string_view name);

// The key itself, without the names that the device gives it. All hex is upper-case.
struct KeyMaterial {
  KeyType type = KeyType::nist;
  int bits = 0;
  std::string private_hex;  // EC: the scalar, padded; RSA: PKCS#8 or traditional DER; SYM: the key
  std::string public_hex;   // EC: X‖Y, each padded to the field size (66 bytes for P-521)
  std::string modulus_hex;  // RSA, padded to the modulus size
  std::string exponent_hex;
};

// The NID of a curve of that family; 0 if the device does not support the size.
int curve_nid(KeyType family, int bits);
std::size_t field_bytes(int bits);

// The following functions throw DeviceError(unsupported) for a size that the device does not support.
KeyMaterial generate_ec(KeyType family, int bits);
// Throws DeviceError(malformed) unless 0 < scalar < order.
KeyMaterial import_ec(KeyType family, int bits, std::span<const std::uint8_t> scalar);
KeyMaterial generate_rsa(int bits);
KeyMaterial generate_symmetric(int bits);
// Calls the function above that matches `type`.
KeyMaterial generate(KeyType type, int bits);

}  // namespace sesam::simulator
