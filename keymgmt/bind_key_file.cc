// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/bind_key_file.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/file.h"
#include "keymgmt/bind_key_text.h"
#include "n200/encodings.h"
#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::keymgmt {
namespace {

using Group = std::unique_ptr<EC_GROUP, ossl::FreeWith<&EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, ossl::FreeWith<&EC_POINT_clear_free>>;
using SecretBignum = std::unique_ptr<BIGNUM, ossl::FreeWith<&BN_clear_free>>;
using BnCtx = std::unique_ptr<BN_CTX, ossl::FreeWith<&BN_CTX_free>>;

constexpr std::string_view kFirstWord = "Private-key-format:";

// DNSSEC's algorithm numbers (IANA). 5, 7, 8 and 10 are RSA.
constexpr unsigned kEcdsaP256 = 13;
constexpr unsigned kEcdsaP384 = 14;
constexpr unsigned kRsa[] = {5, 7, 8, 10};

Error unusable(const std::string& path, std::string_view problem) {
  return {Reason::key_file_unusable, path + ": " + std::string(problem)};
}

// Decodes base64 into memory that is wiped; nullopt if it is invalid.
std::optional<Secret> secret_of_base64(std::string_view text) {
  auto bytes = from_base64(text);
  if (!bytes) return std::nullopt;
  Secret secret({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return secret;
}

Result<const n200::Curve*> curve_of_algorithm(const std::string& path, std::string_view text) {
  unsigned algorithm = 0;
  std::from_chars(text.data(), text.data() + text.size(), algorithm);
  if (algorithm == kEcdsaP256) return n200::curve_named("P-256");
  if (algorithm == kEcdsaP384) return n200::curve_named("P-384");
  if (std::find(std::begin(kRsa), std::end(kRsa), algorithm) != std::end(kRsa))
    return Error{Reason::unsupported_key,
                 path +
                     ": RSA keys cannot be imported; let named replace it by a key that it makes "
                     "in the device, as docs/BIND.md describes"};
  return Error{Reason::unsupported_key,
               path +
                   ": only keys of the algorithms 13 (ECDSAP256SHA256) and 14 (ECDSAP384SHA384) can be "
                   "imported"};
}

// X‖Y of the public point that belongs to the scalar, which BIND's file does not contain; nullopt if the
// scalar is not valid for the curve.
std::optional<Bytes> public_key_of(const n200::Curve& curve, const BIGNUM* scalar) {
  const Group group(EC_GROUP_new_by_curve_name_ex(ossl::private_libctx(), nullptr, curve.nid));
  const BnCtx context(BN_CTX_secure_new());
  const Point point(group ? EC_POINT_new(group.get()) : nullptr);
  const ossl::Bignum x(BN_new());
  const ossl::Bignum y(BN_new());
  const bool in_range = point && context && x && y && !BN_is_zero(scalar) &&
                        BN_cmp(scalar, EC_GROUP_get0_order(group.get())) < 0;
  if (!in_range || EC_POINT_mul(group.get(), point.get(), scalar, nullptr, nullptr, context.get()) != 1 ||
      EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), context.get()) != 1)
    return std::nullopt;
  const int size = static_cast<int>(curve.field_bytes);
  Bytes both(2 * curve.field_bytes);
  if (BN_bn2binpad(x.get(), both.data(), size) != size ||
      BN_bn2binpad(y.get(), both.data() + size, size) != size)
    return std::nullopt;
  return both;
}

// The public key in the K*.key file in the same directory; nullopt if there is none.
std::optional<Bytes> public_key_beside(const std::string& path) {
  constexpr std::string_view kEnding = ".private";
  if (!path.ends_with(kEnding)) return std::nullopt;
  const auto read = read_file(path.substr(0, path.size() - kEnding.size()) + ".key");
  const auto* text = std::get_if<Secret>(&read);
  if (text == nullptr) return std::nullopt;
  auto dnskey = parse_bind_dnskey(text->reveal());
  if (!dnskey) return std::nullopt;
  return std::move(dnskey->public_key);
}

}  // namespace

bool is_bind_key_file(std::string_view text) noexcept { return text.starts_with(kFirstWord); }

Result<EcKeyFile> read_bind_key_file(const std::string& path, const Secret& text) {
  SESAM_TRY(curve, curve_of_algorithm(path, bind_field(text.reveal(), "Algorithm")));
  if (!bind_field(text.reveal(), kBindLabel).empty())
    return unusable(path, "its private key is not in the file: BIND uses it by a label");
  const auto bytes = secret_of_base64(bind_field(text.reveal(), kBindPrivateKey));
  if (!bytes || bytes->empty() || bytes->reveal().size() > curve->field_bytes)
    return unusable(path, "it contains no private key");
  const SecretBignum number(BN_secure_new());
  if (!number || BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->reveal().data()),
                           static_cast<int>(bytes->reveal().size()), number.get()) == nullptr)
    return unusable(path, "its number cannot be read");
  auto point = public_key_of(*curve, number.get());
  if (!point) return unusable(path, "its number is not a valid private key");
  if (const auto beside = public_key_beside(path); beside && *beside != *point)
    return unusable(path, "it is not the private key of the .key file beside it");
  Secret scalar(std::string(curve->field_bytes - bytes->reveal().size(), '\0'));
  scalar.append(bytes->reveal());
  return EcKeyFile{curve, {std::move(scalar), std::move(*point)}};
}

}  // namespace sesam::keymgmt
