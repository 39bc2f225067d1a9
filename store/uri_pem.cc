// SPDX-License-Identifier: Apache-2.0
#include "store/uri_pem.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>

#include <memory>

#include "ossl/encodings.h"
#include "ossl/handles.h"

namespace sesam::store {
namespace {

constexpr std::string_view kDescription = "sesam key URI v1.0";
constexpr std::string_view kPkcs11Description = "PKCS#11 Provider URI v1.0";

// All other types are held as a string (ASN1_TYPE_get(3)).
bool is_string(const ASN1_TYPE* element) noexcept {
  const int type = ASN1_TYPE_get(element);
  return type != V_ASN1_BOOLEAN && type != V_ASN1_NULL && type != V_ASN1_OBJECT && type != 0;
}

// Wipes it, too: a URI may contain a PIN.
void free_element(ASN1_TYPE* element) noexcept {
  if (element != nullptr && is_string(element)) {
    const ASN1_STRING* string = element->value.asn1_string;
    OPENSSL_cleanse(const_cast<unsigned char*>(ASN1_STRING_get0_data(string)),
                    static_cast<std::size_t>(ASN1_STRING_length(string)));
  }
  ASN1_TYPE_free(element);
}

void free_sequence(ASN1_SEQUENCE_ANY* sequence) noexcept { sk_ASN1_TYPE_pop_free(sequence, &free_element); }
using Sequence = std::unique_ptr<ASN1_SEQUENCE_ANY, ossl::FreeWith<&free_sequence>>;
using Type = std::unique_ptr<ASN1_TYPE, ossl::FreeWith<&ASN1_TYPE_free>>;

bool push_string(ASN1_SEQUENCE_ANY* sequence, int type, std::string_view text) {
  Type element(ASN1_TYPE_new());
  ASN1_STRING* string = ASN1_STRING_type_new(type);
  if (!element || string == nullptr ||
      ASN1_STRING_set(string, text.data(), static_cast<int>(text.size())) != 1) {
    ASN1_STRING_free(string);
    return false;
  }
  ASN1_TYPE_set(element.get(), type, string);
  if (sk_ASN1_TYPE_push(sequence, element.get()) == 0) return false;
  static_cast<void>(element.release());
  return true;
}

std::string_view string_at(const ASN1_SEQUENCE_ANY* sequence, int index, int type) {
  const ASN1_TYPE* element = sk_ASN1_TYPE_value(sequence, index);
  if (element == nullptr || ASN1_TYPE_get(element) != type) return {};
  const ASN1_STRING* string = element->value.asn1_string;
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

}  // namespace

Bytes der_of_uri(const std::string& uri) {
  const Sequence sequence(sk_ASN1_TYPE_new_null());
  if (!sequence || !push_string(sequence.get(), V_ASN1_VISIBLESTRING, kDescription) ||
      !push_string(sequence.get(), V_ASN1_UTF8STRING, uri))
    return {};
  return ossl::der_of(sequence.get(), &i2d_ASN1_SEQUENCE_ANY);
}

std::optional<Secret> uri_of_der(std::span<const unsigned char> der, bool theirs_too) {
  const unsigned char* at = der.data();
  const Sequence sequence(d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size())));
  if (!sequence || at != der.data() + der.size() || sk_ASN1_TYPE_num(sequence.get()) != 2)
    return std::nullopt;
  const auto description = string_at(sequence.get(), 0, V_ASN1_VISIBLESTRING);
  const auto uri = string_at(sequence.get(), 1, V_ASN1_UTF8STRING);
  const bool is_ours = description == kDescription || (theirs_too && description == kPkcs11Description);
  if (!is_ours || uri.empty() || uri.find('\0') != uri.npos) return std::nullopt;
  return Secret(uri);
}

std::string pem_of_uri(const std::string& uri, const char* label) {
  const Bytes der = der_of_uri(uri);
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  if (der.empty() || !memory ||
      PEM_write_bio(memory.get(), label, "", der.data(), static_cast<long>(der.size())) <= 0)
    return {};
  return std::string(ossl::text_in(memory.get()));
}

bool is_first_line(std::string_view line, bool theirs_too) {
  const auto begins = [line](const char* label) {
    return line.starts_with("-----BEGIN " + std::string(label) + "-----");
  };
  return begins(kPemLabel) || (theirs_too && begins(kPkcs11PemLabel));
}

std::optional<Secret> der_of_pem(std::string_view pem, bool theirs_too) {
  const ossl::Bio memory = ossl::reader_of(pem);
  ossl::PemObject object;
  if (!memory || !object.read(memory.get())) return std::nullopt;
  const std::string_view label = object.label;
  if (label != kPemLabel && !(theirs_too && label == kPkcs11PemLabel)) return std::nullopt;
  return object.der();
}

}  // namespace sesam::store
