// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key_file.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "base/file.h"
#include "keymgmt/bind_key_file.h"
#include "keymgmt/key_types.h"
#include "ossl/crypto.h"
#include "ossl/encodings.h"
#include "ossl/handles.h"

namespace sesam::keymgmt {
namespace {

constexpr std::size_t kMaxFieldBytes = 66;  // P-521

Error unusable(const std::string& path, std::string_view problem) {
  return {Reason::key_file_unusable, path + ": " + std::string(problem)};
}

ossl::Pkey key_of_der(const Secret& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.reveal().data());
  return ossl::Pkey(d2i_AutoPrivateKey_ex(nullptr, &at, static_cast<long>(der.reveal().size()),
                                          ossl::private_libctx(), nullptr));
}

// Implements pem_password_cb(3).
int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto text = static_cast<const Secret*>(passphrase)->reveal();
  if (size < 0 || text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

Result<ossl::Pkey> decrypted(const std::string& path, const Secret& text, const Passphrase& ask) {
  if (!ask) return unusable(path, "it has a passphrase");
  SESAM_TRY(passphrase, ask());
  const ossl::Bio in = ossl::reader_of(text.reveal());
  ossl::Pkey key(in ? PEM_read_bio_PrivateKey_ex(in.get(), nullptr, &give_passphrase, &passphrase,
                                                 ossl::private_libctx(), nullptr)
                    : nullptr);
  if (!key) return unusable(path, "the passphrase is wrong, or the file is damaged");
  return key;
}

// The first private key in a PEM file; a file without PEM is read as DER.
Result<ossl::Pkey> key_in(const std::string& path, const Secret& text, const Passphrase& ask) {
  if (text.reveal().find("-----BEGIN ") == std::string_view::npos) return key_of_der(text);
  const ossl::Bio in = ossl::reader_of(text.reveal());
  for (;;) {
    ossl::PemObject object;
    if (!in || !object.read(in.get())) return unusable(path, "it contains no private key");
    const std::string_view label = object.label;
    if (!label.ends_with("PRIVATE KEY")) continue;  // "EC PARAMETERS" may precede it
    if (label.starts_with("ENCRYPTED") || std::strstr(object.header, "ENCRYPTED") != nullptr)
      return decrypted(path, text, ask);
    return key_of_der(object.der());
  }
}

bool is_whole(const ossl::Pkey& key) {
  const ossl::PkeyCtx context(key ? EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), key.get(), nullptr)
                                  : nullptr);
  return context && EVP_PKEY_check(context.get()) == 1;
}

const KeyTypeRow* row_of(const EVP_PKEY* key) {
  const auto* const row = std::ranges::find_if(
      kKeyTypes, [&](const KeyTypeRow& one) { return EVP_PKEY_is_a(key, one.name) == 1; });
  return row == std::end(kKeyTypes) ? nullptr : row;
}

const n200::Curve* curve_of(const EVP_PKEY* key) {
  char group[64];
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 ? n200::curve_named(group) : nullptr;
}

using SecretBignum = std::unique_ptr<BIGNUM, ossl::FreeWith<&BN_clear_free>>;

// The number as `bytes` bytes, big-endian, zero-padded.
std::optional<Secret> number_of(const EVP_PKEY* key, const char* name, std::size_t bytes) {
  std::array<unsigned char, kMaxFieldBytes> buffer;
  BIGNUM* number = BN_secure_new();
  const bool found = EVP_PKEY_get_bn_param(key, name, &number) == 1;
  const SecretBignum owner(number);
  if (!found || BN_bn2binpad(number, buffer.data(), static_cast<int>(bytes)) != static_cast<int>(bytes))
    return std::nullopt;
  Secret text({reinterpret_cast<const char*>(buffer.data()), bytes});
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return text;
}

}  // namespace

Error cannot_be_imported(const std::string& path, const char* type) {
  return {Reason::unsupported_key,
          path + ": only EC keys can be imported, as it is not known how the device imports " + type +
              " keys; to make one in the device, run: sesam generate NAME --type " + type};
}

Result<EcKeyFile> read_ec_key_file(const std::string& path, const Passphrase& passphrase) {
  const auto read = read_file(path);
  if (const int* failed = std::get_if<int>(&read))
    return Error{Reason::bad_argument, path + ": " + std::strerror(*failed)};
  const Secret& text = std::get<Secret>(read);
  if (is_bind_key_file(text.reveal())) return read_bind_key_file(path, text);
  SESAM_TRY(key, key_in(path, text, passphrase));
  if (!is_whole(key)) return unusable(path, "it is not a valid private key, or its components do not match");
  const KeyTypeRow* row = row_of(key.get());
  if (row != nullptr && !row->is_importable) return cannot_be_imported(path, row->name);
  const auto* curve = row != nullptr ? curve_of(key.get()) : nullptr;
  if (curve == nullptr)
    return Error{Reason::unsupported_key,
                 path + ": only EC keys on curves that the device has can be imported"};
  auto scalar = number_of(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, curve->field_bytes);
  const auto x = number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, curve->field_bytes);
  const auto y = number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, curve->field_bytes);
  if (!scalar || !x || !y) return unusable(path, "its numbers cannot be read");
  Bytes point(x->reveal().begin(), x->reveal().end());
  point.insert(point.end(), y->reveal().begin(), y->reveal().end());
  return EcKeyFile{curve, {std::move(*scalar), std::move(point)}};
}

}  // namespace sesam::keymgmt
