// SPDX-License-Identifier: Apache-2.0
#include "n200/public_key_forms.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string>

#include "n200/byte_forms.h"
#include "n200/curves.h"
#include "n200/encodings.h"
#include "n200/key_type_forms.h"
#include "ossl/crypto.h"
#include "ossl/error_stack.h"
#include "ossl/handles.h"

namespace sesam::n200 {
namespace {

// SEC 1, section 2.3.3; 6 and 7: X9.62's hybrid form.
constexpr unsigned char kCompressedEven = 2, kCompressedOdd = 3, kUncompressed = 4, kHybridOdd = 7;
constexpr unsigned char kDerSequence = 0x30;

using Group = std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)>;
using Point = std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)>;

// X‖Y of a point in any form of SEC 1; nullopt if it is not on the curve.
std::optional<Bytes> point_on(const Curve& curve, const Bytes& octets) {
  const ossl::ErrorMark mark;
  const Group group(EC_GROUP_new_by_curve_name_ex(ossl::private_libctx(), nullptr, curve.nid),
                    &EC_GROUP_free);
  if (!group) return std::nullopt;
  const Point point(EC_POINT_new(group.get()), &EC_POINT_free);
  Bytes plain(2 * curve.field_bytes + 1);
  if (!point || EC_POINT_oct2point(group.get(), point.get(), octets.data(), octets.size(), nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, plain.data(), plain.size(),
                         nullptr) != plain.size())
    return std::nullopt;
  plain.erase(plain.begin());
  return plain;
}

std::optional<Bytes> point_inside(const Curve& curve, const Bytes& der) {
  const ossl::ErrorMark mark;
  const unsigned char* end = der.data();
  const ossl::Pkey key(
      d2i_PUBKEY_ex(nullptr, &end, static_cast<long>(der.size()), ossl::private_libctx(), nullptr));
  if (!key || end != der.data() + der.size()) return std::nullopt;
  char group[64] = {};
  std::array<unsigned char, 256> octets{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr) != 1 ||
      OBJ_txt2nid(group) != curve.nid ||
      EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size(),
                                      &length) != 1)
    return std::nullopt;
  return point_on(curve, Bytes(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(length)));
}

std::optional<Bytes> x_and_y_in(const Curve& curve, const Bytes& bytes) {
  const std::size_t field = curve.field_bytes;
  if (bytes.size() == 2 * field) return bytes;
  if (bytes.empty()) return std::nullopt;
  const unsigned char first = bytes.front();
  if (bytes.size() == 2 * field + 1 && first == kUncompressed) return Bytes(bytes.begin() + 1, bytes.end());
  if (bytes.size() == 2 * field + 1 && first > kUncompressed && first <= kHybridOdd)
    return point_on(curve, bytes);
  if (bytes.size() == field + 1 && (first == kCompressedEven || first == kCompressedOdd))
    return point_on(curve, bytes);
  return first == kDerSequence ? point_inside(curve, bytes) : std::nullopt;
}

bool is_in(const Curve& curve, std::string_view type) noexcept {
  return word_of(curve.family) == type || is_any_curve(type);
}

std::span<const unsigned char> without_leading_zeros(std::span<const unsigned char> number) noexcept {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

std::optional<Bytes> decoded(std::string_view text, Encoding encoding) {
  const auto bytes = decode(text, encoding);
  return bytes ? std::optional(Bytes(bytes->begin(), bytes->end())) : std::nullopt;
}

}  // namespace

std::optional<Bytes> x_and_y_of(std::string_view text, Encoding encoding, const CurveWords& wanted) {
  const auto fits = [&](const Curve& curve) {
    return is_in(curve, wanted.type) && (curve.bits == wanted.bits || wanted.bits == 0);
  };
  const auto hex = bytes_of_hex(text);
  const auto agreed = decoded(text, encoding);
  for (const auto& bytes : {agreed, hex, bytes_of_base64(text)})
    for (const auto& curve : curves())
      if (bytes && fits(curve))
        if (auto found = x_and_y_in(curve, *bytes)) return found;
  return agreed ? agreed : hex;
}

unsigned bits_of_point(std::string_view type, std::size_t bytes) noexcept {
  for (const auto& curve : curves())
    if (is_in(curve, type) && 2 * curve.field_bytes == bytes) return curve.bits;
  return 0;
}

std::string_view family_of_point(const Bytes& x_and_y) {
  Bytes octets{kUncompressed};
  octets.insert(octets.end(), x_and_y.begin(), x_and_y.end());
  for (const auto& curve : curves())
    if (2 * curve.field_bytes == x_and_y.size() && point_on(curve, octets)) return word_of(curve.family);
  return {};
}

Bytes rsa_number_of(std::string_view text, Encoding encoding) {
  constexpr std::string_view kDecimalExponent = "65537";  // no key has it in hexadecimal
  if (text == kDecimalExponent) return {1, 0, 1};
  if (encoding == Encoding::base64)
    if (auto bytes = decoded(text, encoding)) return std::move(*bytes);
  if (auto bytes = bytes_of_hex(text)) return std::move(*bytes);
  // An odd number of digits, without the leading zero ("10001").
  const bool has_prefix = text.starts_with("0x") || text.starts_with("0X");
  if (auto bytes = bytes_of_hex("0" + std::string(text.substr(has_prefix ? 2 : 0)))) return std::move(*bytes);
  return bytes_of_base64(text).value_or(Bytes{});
}

unsigned bits_of_number(std::span<const unsigned char> number) noexcept {
  number = without_leading_zeros(number);
  return number.empty() ? 0 : static_cast<unsigned>(8 * (number.size() - 1) + std::bit_width(number.front()));
}

std::string_view flaw_of_rsa_key(std::span<const unsigned char> modulus,
                                 std::span<const unsigned char> exponent) {
  const auto n = without_leading_zeros(modulus), e = without_leading_zeros(exponent);
  if (n.empty() || (n.back() & 1) == 0) return "an RSA modulus that is even";
  if (e.empty()) return {};  // a record without its exponent is incomplete, not wrong
  if ((e.back() & 1) == 0) return "an RSA exponent that is even";
  if (e.size() == 1 && e.front() == 1) return "an RSA exponent of 1";
  const bool is_above =
      e.size() != n.size() ? e.size() > n.size() : !std::ranges::lexicographical_compare(e, n);
  return is_above ? "an RSA exponent that is not below the modulus" : std::string_view();
}

}  // namespace sesam::n200
