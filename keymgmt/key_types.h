// SPDX-License-Identifier: Apache-2.0
// The only table of key types: each row contains everything that is specific to a type. Dispatch tables and
// lists of algorithms are generated from SESAM_KEY_TYPES, with one entry per type.
#pragma once

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "n200/curves.h"
#include "n200/key_record.h"
#include "n200/new_key.h"
#include "n200/operation.h"
#include "n200/wire.h"
#include "ossl/handles.h"

namespace sesam::keymgmt {

#define SESAM_KEY_TYPES(X) X(ec) X(rsa)

#define SESAM_KEY_TYPE(type) type,
enum class KeyType : std::uint8_t { SESAM_KEY_TYPES(SESAM_KEY_TYPE) };
#undef SESAM_KEY_TYPE

struct KeyTypeRow {
  // In OpenSSL.
  const char* name;            ///< the first of its names
  const char* names;           ///< all of them; libssl needs them to recognize the key
  const char* signature_name;  ///< of the operations with such a key; null: there is none
  const char* exchange_name;
  const char* cipher_name;
  const char* signature_names;
  const char* keys_description;
  const char* signature_description;
  const char* decoder_description;
  const OSSL_PARAM* gettable_params;
  const OSSL_PARAM* public_params;    ///< all that is imported and exported
  const OSSL_PARAM* settable_params;  ///< the form of the public key, and its encoded point
  const char* private_param;

  // In the device.
  n200::Operation generate;
  n200::Operation sign;
  bool is_importable;  ///< whether it is known how the device imports such keys
  bool (*has_type)(const n200::KeyRecord& record);
  ossl::Pkey (*public_key)(const n200::KeyRecord& record);  ///< null if the record contains no valid key

  // Sizes.
  const char* default_curve;  ///< null: the size is a number of bits
  unsigned min_bits, max_bits, default_bits;

  // Signatures.
  n200::SignatureForm signature_form;
  unsigned signature_numbers;  ///< how many numbers the device's signature contains, each as long as the key
  bool has_paddings;  ///< the caller chooses one; the device pads the digest with it and must know its hash
  bool leaks_when_faulty;  ///< a faulty signature may reveal the private key

  constexpr bool has_curves() const noexcept { return default_curve != nullptr; }
  constexpr std::size_t signature_bytes(unsigned bits) const noexcept {
    return signature_numbers * ((std::size_t{bits} + 7) / 8);
  }
};

extern const OSSL_PARAM kEcGettableParams[], kEcPublicParams[], kEcSettableParams[];
extern const OSSL_PARAM kRsaGettableParams[], kRsaPublicParams[], kRsaSettableParams[];
bool has_ec_type(const n200::KeyRecord& record);
bool has_rsa_type(const n200::KeyRecord& record);
ossl::Pkey ec_public_key(const n200::KeyRecord& record);
ossl::Pkey rsa_public_key(const n200::KeyRecord& record);

// For the sizes, see n200.md.
inline constexpr KeyTypeRow kKeyTypes[] = {
    {.name = "EC",
     .names = "EC:id-ecPublicKey:1.2.840.10045.2.1",
     .signature_name = "ECDSA",
     .exchange_name = "ECDH",
     .cipher_name = nullptr,
     .signature_names = "ECDSA",
     .keys_description = "EC keys in a sematicon N200",
     .signature_description = "ECDSA in a sematicon N200",
     .decoder_description = "opens EC keys by URI",
     .gettable_params = kEcGettableParams,
     .public_params = kEcPublicParams,
     .settable_params = kEcSettableParams,
     .private_param = OSSL_PKEY_PARAM_PRIV_KEY,
     .generate = n200::Operation::ec_generate,
     .sign = n200::Operation::ec_sign,
     .is_importable = true,
     .has_type = &has_ec_type,
     .public_key = &ec_public_key,
     .default_curve = "P-256",
     .min_bits = 256,
     .max_bits = 521,
     .default_bits = 256,
     .signature_form = n200::SignatureForm::p1363,
     .signature_numbers = 2,
     .has_paddings = false,
     .leaks_when_faulty = false},
    {.name = "RSA",
     .names = "RSA:rsaEncryption:1.2.840.113549.1.1.1",
     .signature_name = "RSA",
     .exchange_name = nullptr,
     .cipher_name = "RSA",
     .signature_names = "RSA:rsaEncryption:1.2.840.113549.1.1.1",
     .keys_description = "RSA keys in a sematicon N200",
     .signature_description = "RSA signatures in a sematicon N200",
     .decoder_description = "opens RSA keys by URI",
     .gettable_params = kRsaGettableParams,
     .public_params = kRsaPublicParams,
     .settable_params = kRsaSettableParams,
     .private_param = OSSL_PKEY_PARAM_RSA_D,
     .generate = n200::Operation::rsa_generate,
     .sign = n200::Operation::rsa_sign,
     .is_importable = false,
     .has_type = &has_rsa_type,
     .public_key = &rsa_public_key,
     .default_curve = nullptr,
     .min_bits = 2048,
     .max_bits = 4096,
     .default_bits = 2048,
     .signature_form = n200::SignatureForm::raw,
     .signature_numbers = 1,
     .has_paddings = true,
     .leaks_when_faulty = true},
};

#define SESAM_AND_ONE(type) +1
static_assert(std::size(kKeyTypes) == SESAM_KEY_TYPES(SESAM_AND_ONE), "a row for each type, in this order");
#undef SESAM_AND_ONE

constexpr const KeyTypeRow& row_of(KeyType type) noexcept {
  return kKeyTypes[static_cast<std::size_t>(type)];
}
/// The type with this name (KeyTypeRow::name), ignoring case; nullopt if there is none.
std::optional<KeyType> key_type_named(std::string_view name) noexcept;
std::vector<std::string> key_type_names();

inline constexpr std::size_t kMaxSignatureBytes = [] {
  std::size_t most = 0;
  for (const auto& row : kKeyTypes) most = std::max(most, row.signature_bytes(row.max_bits));
  return most;
}();

/// Sets the kind of key to generate. An empty curve or 0 bits selects the type's default. False if the device
/// does not have the curve.
bool set_kind(n200::NewKey& key, KeyType type, const std::string& curve, unsigned bits);
void set_curve(n200::NewKey& key, const n200::Curve& curve);

}  // namespace sesam::keymgmt
