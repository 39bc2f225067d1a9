// SPDX-License-Identifier: Apache-2.0
// The parameters of a signature context, and the dispatch tables.
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <charconv>
#include <optional>
#include <string>

#include "base/ascii_case.h"
#include "ossl/boundary.h"
#include "ossl/text_param.h"
#include "signature/signature.h"

namespace sesam::signature {
namespace {

#define SESAM_PADDING_PARAMS                                                \
  OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr, 0),        \
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, nullptr, 0), \
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, nullptr, 0)
#define SESAM_GETTABLE_PARAMS                                             \
  OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, nullptr, 0), \
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),    \
      OSSL_PARAM_size_t(OSSL_SIGNATURE_PARAM_DIGEST_SIZE, nullptr)
#define SESAM_SETTABLE_PARAMS                                      \
  OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0), \
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PROPERTIES, nullptr, 0)

template <keymgmt::KeyType Type>
const OSSL_PARAM* gettable_params(void*, void*) {
  static const OSSL_PARAM params[] = {SESAM_GETTABLE_PARAMS, OSSL_PARAM_END};
  static const OSSL_PARAM with_padding[] = {SESAM_GETTABLE_PARAMS, SESAM_PADDING_PARAMS, OSSL_PARAM_END};
  return keymgmt::row_of(Type).has_paddings ? with_padding : params;
}

template <keymgmt::KeyType Type>
const OSSL_PARAM* settable_params(void*, void*) {
  static const OSSL_PARAM params[] = {SESAM_SETTABLE_PARAMS, OSSL_PARAM_END};
  static const OSSL_PARAM with_padding[] = {
      SESAM_SETTABLE_PARAMS, SESAM_PADDING_PARAMS,
      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_PROPERTIES, nullptr, 0), OSSL_PARAM_END};
  return keymgmt::row_of(Type).has_paddings ? with_padding : params;
}

// OpenSSL's name and number for the same value; a parameter may contain either.
struct Word {
  const char* text;
  int number;
};
constexpr Word kPaddings[] = {{OSSL_PKEY_RSA_PAD_MODE_PKCSV15, RSA_PKCS1_PADDING},
                              {OSSL_PKEY_RSA_PAD_MODE_PSS, RSA_PKCS1_PSS_PADDING},
                              {OSSL_PKEY_RSA_PAD_MODE_NONE, RSA_NO_PADDING},
                              {OSSL_PKEY_RSA_PAD_MODE_OAEP, RSA_PKCS1_OAEP_PADDING},
                              {OSSL_PKEY_RSA_PAD_MODE_X931, RSA_X931_PADDING}};
constexpr Word kSalts[] = {{OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST, SaltLength::kDigest},
                           {OSSL_PKEY_RSA_PSS_SALT_LEN_MAX, SaltLength::kMax},
                           {OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO, SaltLength::kAuto},
                           {"auto-digestmax", SaltLength::kAutoDigestMax}};

// The digest that OpenSSL's default provider uses for PSS if the caller sets none (RFC 8017, appendix A.2.3),
// up to and including OpenSSL 4.0.
constexpr char kPssDefaultDigest[] = "SHA1";

// The value of the parameter: a number, the name of one, or its decimal digits as text.
template <std::size_t N>
std::optional<int> number_of(const OSSL_PARAM& param, const Word (&words)[N]) {
  int number = 0;
  if (param.data_type == OSSL_PARAM_INTEGER || param.data_type == OSSL_PARAM_UNSIGNED_INTEGER)
    return OSSL_PARAM_get_int(&param, &number) == 1 ? std::optional(number) : std::nullopt;
  const auto text = ossl::text_of(param);
  if (!text) return std::nullopt;
  for (const auto& word : words)
    if (equal_ignoring_case(word.text, *text)) return word.number;
  const char* end = text->data() + text->size();
  const auto [stopped, failed] = std::from_chars(text->data(), end, number);
  return failed == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
bool set_number(OSSL_PARAM& param, int number, const Word (&words)[N]) {
  if (param.data_type == OSSL_PARAM_INTEGER || param.data_type == OSSL_PARAM_UNSIGNED_INTEGER)
    return OSSL_PARAM_set_int(&param, number) == 1;
  for (const auto& word : words)
    if (word.number == number) return OSSL_PARAM_set_utf8_string(&param, word.text) == 1;
  return OSSL_PARAM_set_utf8_string(&param, std::to_string(number).c_str()) == 1;
}

Error wrong_type(const char* name) {
  return {Reason::bad_argument, std::string("parameter '") + name + "' has the wrong type or is too small"};
}

}  // namespace

Result<void> Signature::choose_digest(std::string_view name) {
  SESAM_TRY(digest, find_digest(name));
  if (digest_fixed_ && digest != scheme_.digest)
    return Error{Reason::unsupported_digest,
                 std::string(digest->name) + ": " + scheme_.digest->name + " is already in progress"};
  scheme_.digest = digest;
  return {};
}

Result<void> Signature::choose_padding(const OSSL_PARAM& param) {
  const auto number = number_of(param, kPaddings);
  if (!number) return wrong_type(param.key);
  if (*number != RSA_PKCS1_PADDING && *number != RSA_PKCS1_PSS_PADDING)
    return Error{Reason::unsupported_scheme,
                 "RSA padding mode " + std::to_string(*number) + " is not offered; use pkcs1 or pss"};
  scheme_.padding = *number == RSA_PKCS1_PSS_PADDING ? Padding::pss : Padding::pkcs1;
  return {};
}

Result<void> Signature::choose_salt(const OSSL_PARAM& param) {
  const auto number = number_of(param, kSalts);
  if (!number || *number < SaltLength::kAutoDigestMax) return wrong_type(param.key);
  if (scheme_.padding != Padding::pss)
    return Error{Reason::unsupported_scheme, "a salt length without pss padding"};
  scheme_.salt.value = *number;
  return {};
}

Result<void> Signature::choose_mgf1_digest(const OSSL_PARAM& param) {
  const auto name = ossl::text_of(param);
  if (!name) return wrong_type(param.key);
  SESAM_TRY(digest, find_digest(*name));
  if (scheme_.padding != Padding::pss)
    return Error{Reason::unsupported_scheme, "a digest for MGF1 without pss padding"};
  scheme_.mgf1_digest = digest;
  return {};
}

Result<void> Signature::get_params(OSSL_PARAM params[]) {
  if (verification_) return verification_->get_params(params);
  if (params == nullptr) return {};
  const bool has_paddings = scheme_.row().has_paddings;
  for (OSSL_PARAM* p = params; p->key != nullptr; ++p) {
    const std::string_view name = p->key;
    bool set = true;
    if (name == OSSL_SIGNATURE_PARAM_ALGORITHM_ID && key_) {
      SESAM_TRY(der, algorithm_id(scheme_, key_->public_key.get()));
      set = OSSL_PARAM_set_octet_string(p, der.data(), der.size()) == 1;
    } else if (name == OSSL_SIGNATURE_PARAM_DIGEST && scheme_.digest != nullptr) {
      set = OSSL_PARAM_set_utf8_string(p, scheme_.digest->name) == 1;
    } else if (name == OSSL_SIGNATURE_PARAM_DIGEST_SIZE && scheme_.digest != nullptr) {
      set = OSSL_PARAM_set_size_t(p, scheme_.digest->size_bytes) == 1;
    } else if (name == OSSL_SIGNATURE_PARAM_PAD_MODE && scheme_.padding != Padding::none) {
      set = set_number(*p, scheme_.padding == Padding::pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING,
                       kPaddings);
    } else if (name == OSSL_SIGNATURE_PARAM_PSS_SALTLEN && has_paddings) {
      set = set_number(*p, scheme_.salt.value, kSalts);
    } else if (name == OSSL_SIGNATURE_PARAM_MGF1_DIGEST && has_paddings && scheme_.digest != nullptr) {
      set = OSSL_PARAM_set_utf8_string(
                p, (scheme_.mgf1_digest != nullptr ? scheme_.mgf1_digest : scheme_.digest)->name) == 1;
    }
    if (!set) return wrong_type(p->key);
  }
  return {};
}

// A salt length and MGF1's digest are valid only with PSS, so the padding is set first, wherever it is among
// the parameters. Unknown parameters are ignored: OpenSSL and BIND add parameters with every version (such as
// "nonce-type").
Result<void> Signature::set_params(const OSSL_PARAM params[]) {
  if (verification_) return verification_->set_params(params);
  const bool has_paddings = scheme_.row().has_paddings;
  if (const OSSL_PARAM* padding = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
      has_paddings && padding != nullptr)
    SESAM_CHECK(choose_padding(*padding));
  for (const OSSL_PARAM* p = params; p != nullptr && p->key != nullptr; ++p) {
    const std::string_view name = p->key;
    if (name == OSSL_SIGNATURE_PARAM_DIGEST) {
      const auto text = ossl::text_of(*p);
      if (!text) return wrong_type(p->key);
      SESAM_CHECK(choose_digest(*text));
    } else if (has_paddings && name == OSSL_SIGNATURE_PARAM_MGF1_DIGEST) {
      SESAM_CHECK(choose_mgf1_digest(*p));
    } else if (has_paddings && name == OSSL_SIGNATURE_PARAM_PSS_SALTLEN) {
      SESAM_CHECK(choose_salt(*p));
    }
  }
  if (scheme_.padding == Padding::pss && scheme_.digest == nullptr) return choose_digest(kPssDefaultDigest);
  return {};
}

#define SESAM_SIGNATURE(type)                                                           \
  {SESAM_BIND(signature_newctx, &Signature::create<keymgmt::KeyType::type>),            \
   SESAM_BIND(signature_freectx, &Signature::release),                                  \
   SESAM_BIND(signature_dupctx, &Signature::dup),                                       \
   SESAM_BIND(signature_sign_init, &Signature::sign_init),                              \
   SESAM_BIND(signature_sign, &Signature::sign),                                        \
   SESAM_BIND(signature_verify_init, &Signature::verify_init),                          \
   SESAM_BIND(signature_verify, &Signature::verify),                                    \
   SESAM_BIND(signature_digest_sign_init, &Signature::digest_sign_init),                \
   SESAM_BIND(signature_digest_sign_update, &Signature::update),                        \
   SESAM_BIND(signature_digest_sign_final, &Signature::digest_sign_final),              \
   SESAM_BIND(signature_digest_verify_init, &Signature::digest_verify_init),            \
   SESAM_BIND(signature_digest_verify_update, &Signature::update),                      \
   SESAM_BIND(signature_digest_verify_final, &Signature::digest_verify_final),          \
   SESAM_BIND(signature_verify_recover_init, &Signature::verify_recover_init),          \
   SESAM_BIND(signature_verify_recover, &Signature::verify_recover),                    \
   SESAM_BIND(signature_get_ctx_params, &Signature::get_params),                        \
   SESAM_BIND(signature_set_ctx_params, &Signature::set_params),                        \
   SESAM_BIND(signature_gettable_ctx_params, &gettable_params<keymgmt::KeyType::type>), \
   SESAM_BIND(signature_settable_ctx_params, &settable_params<keymgmt::KeyType::type>), \
   SESAM_BIND_END},

const OSSL_DISPATCH kSignatures[std::size(keymgmt::kKeyTypes)][kSignatureFunctions] = {
    SESAM_KEY_TYPES(SESAM_SIGNATURE)};

}  // namespace sesam::signature
