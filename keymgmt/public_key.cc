// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/public_key.h"

#include <iterator>
#include <string>

#include "n200/missing_field.h"
#include "ossl/crypto.h"

namespace sesam::keymgmt {
namespace {

std::string named(const n200::KeyRecord& record) {
  return "key '" + record.nice_name + "' (" + record.key_id + ")";
}

std::string described(const n200::KeyRecord& record) {
  return named(record) + ", of type " + record.key_type + ", " + std::to_string(record.key_bits) + " bits";
}

// The device's record of the key lacks a field, or has it under another name.
Error lacks(const n200::KeyRecord& record, const std::string& what, const std::string& field) {
  return {Reason::reply_field_missing,
          named(record) + ": the device returned no " + what + "; " + n200::advice_for_missing(field)};
}

}  // namespace

Result<KeyType> type_of(const n200::KeyRecord& record) {
  for (std::size_t i = 0; i < std::size(kKeyTypes); ++i)
    if (kKeyTypes[i].has_type(record)) return static_cast<KeyType>(i);
  if (record.key_type.empty()) return lacks(record, "key type", "key_type");
  return Error{Reason::unsupported_key, described(record)};
}

Result<ossl::Pkey> public_key_of(const n200::KeyRecord& record, KeyType type) {
  ossl::Pkey key = row_of(type).public_key(record);
  if (key) return key;
  const bool is_rsa = type == KeyType::rsa;
  const bool is_missing =
      is_rsa ? record.modulus.empty() || record.exponent.empty() : record.public_key.empty();
  if (is_missing && record.unread_public_key.empty())
    return lacks(record, "public key", is_rsa ? "modulus=THEIRNAME and exponent" : "public_key");
  std::string problem = described(record) + ": the device returned an invalid public key";
  if (!record.unread_public_key.empty()) problem += ": \"" + record.unread_public_key + "\"";
  return Error{Reason::bad_public_key, std::move(problem)};
}

ossl::Pkey public_key_from(KeyType type, const OSSL_PARAM params[], int selection) {
  EVP_PKEY* made = nullptr;
  const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_name(ossl::private_libctx(), row_of(type).name, nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  // EVP_PKEY_fromdata(3) only reads the parameters.
  if (EVP_PKEY_fromdata(context.get(), &made, selection, const_cast<OSSL_PARAM*>(params)) != 1)
    return nullptr;
  return ossl::Pkey(made);
}

ossl::Pkey parameters_of(EVP_PKEY* key) {
  ossl::Pkey parameters(EVP_PKEY_new());
  if (!parameters || EVP_PKEY_copy_parameters(parameters.get(), key) != 1) return nullptr;
  return parameters;
}

std::size_t device_signature_bytes(KeyType type, const EVP_PKEY* key) {
  return row_of(type).signature_bytes(static_cast<unsigned>(EVP_PKEY_get_bits(key)));
}

}  // namespace sesam::keymgmt
