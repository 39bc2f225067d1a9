// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_forms.h"

#include <algorithm>

#include "n200/byte_forms.h"
#include "n200/encodings.h"
#include "ossl/ecdsa_signature.h"

namespace sesam::n200 {
namespace {

bool read_bytes(const std::optional<Bytes>& bytes, SignatureForm form, std::span<unsigned char> out) {
  if (!bytes) return false;
  if (form == SignatureForm::der) return ossl::p1363_of_der(*bytes, out);
  if (bytes->size() != out.size()) return false;
  std::ranges::copy(*bytes, out.begin());
  return true;
}

}  // namespace

// Usually the signature is exactly in the expected writing; then no time is spent on blanks and the like.
bool read_signature(std::string_view text, SignatureWriting writing, std::span<unsigned char> out) {
  if (writing.form != SignatureForm::der && decode(text, writing.encoding, out)) return true;
  if (writing.encoding == Encoding::text) return false;
  return read_bytes(writing.encoding == Encoding::base64 ? bytes_of_base64(text) : bytes_of_hex(text),
                    writing.form, out);
}

std::optional<SignatureWriting> recognise_signature(std::string_view text, bool is_ec,
                                                    std::span<unsigned char> out) {
  for (const auto encoding : {Encoding::hex, Encoding::base64}) {
    const auto bytes = encoding == Encoding::hex ? bytes_of_hex(text) : bytes_of_base64(text);
    const auto plain = is_ec ? SignatureForm::p1363 : SignatureForm::raw;
    if (read_bytes(bytes, plain, out)) return SignatureWriting{plain, encoding};
    if (is_ec && read_bytes(bytes, SignatureForm::der, out))
      return SignatureWriting{SignatureForm::der, encoding};
  }
  return std::nullopt;
}

std::string_view name_of(SignatureWriting writing) noexcept {
  const bool base64 = writing.encoding == Encoding::base64;
  switch (writing.form) {
    case SignatureForm::der:
      return base64 ? "der:base64" : "der:hex";
    case SignatureForm::raw:
      return base64 ? "raw:base64" : "raw:hex";
    case SignatureForm::p1363:
      break;
  }
  return base64 ? "p1363:base64" : "p1363:hex";
}

}  // namespace sesam::n200
