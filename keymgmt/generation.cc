// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/generation.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "keymgmt/key_file.h"
#include "keymgmt/key_pin.h"
#include "n200/device.h"
#include "n200/options.h"
#include "ossl/text_param.h"

namespace sesam::keymgmt {
namespace {

constexpr char kOurUri[] = "sesam_uri";
constexpr char kOurImport[] = "sesam_import";
constexpr char kBindUri[] = "pkcs11_uri";          // BIND 9.20 and pkcs11-provider
constexpr char kBindUsage[] = "pkcs11_key_usage";  // always digitalSignature: there is nothing else to choose
constexpr char kBindRsaBits[] = "rsa_keygen_bits";  // BIND 9.20; later versions say "bits"

#define SESAM_GENERATION_PARAMS                                                                \
  OSSL_PARAM_utf8_string(kOurUri, nullptr, 0), OSSL_PARAM_utf8_string(kOurImport, nullptr, 0), \
      OSSL_PARAM_utf8_string(kBindUri, nullptr, 0), OSSL_PARAM_utf8_string(kBindUsage, nullptr, 0)

template <class Text = std::string>
Result<Text> text_of(const OSSL_PARAM& param) {
  const auto text = ossl::text_of(param);
  if (!text) return Error{Reason::bad_argument, std::string("parameter '") + param.key + "' is not a string"};
  return Text(*text);
}

Result<unsigned> bits_of(const OSSL_PARAM& param, const KeyTypeRow& row) {
  std::size_t bits = 0;
  if (OSSL_PARAM_get_size_t(&param, &bits) != 1 || bits < row.min_bits || bits > row.max_bits)
    return Error{Reason::unsupported_key, row.name + (" keys have from " + std::to_string(row.min_bits)) +
                                              " to " + std::to_string(row.max_bits) + " bits"};
  return static_cast<unsigned>(bits);
}

// The device chooses the exponent and the number of primes itself, and uses the usual ones.
constexpr std::uint64_t kPublicExponent = 65537;
constexpr std::uint64_t kPrimes = 2;

Result<void> check_usual(const OSSL_PARAM& param, std::uint64_t usual) {
  std::uint64_t value = 0;
  if (OSSL_PARAM_get_uint64(&param, &value) != 1 || value != usual)
    return Error{Reason::unsupported_key, std::string("RSA parameter '") + param.key +
                                              "': the device makes keys with " + std::to_string(usual) +
                                              " only"};
  return {};
}

constexpr std::string_view kNamedCurve = OSSL_PKEY_EC_ENCODING_GROUP;
constexpr std::string_view kPointFormats[] = {OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED,
                                              OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED,
                                              OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_HYBRID};

Result<void> check_encoding(const OSSL_PARAM& param) {
  SESAM_TRY(encoding, text_of(param));
  if (encoding != kNamedCurve)
    return Error{Reason::unsupported_key,
                 "EC parameter 'encoding' is '" + encoding +
                     "': keys in the device have named curves only; use named_curve"};
  return {};
}

Result<std::string> point_format_of(const OSSL_PARAM& param) {
  SESAM_TRY(format, text_of(param));
  if (std::find(std::begin(kPointFormats), std::end(kPointFormats), format) == std::end(kPointFormats))
    return Error{Reason::bad_argument,
                 "EC parameter 'point-format' is '" + format + "': it is uncompressed, compressed or hybrid"};
  return format;
}

}  // namespace

const OSSL_PARAM* Generation::settable_params_of(const KeyTypeRow& row) {
  static const OSSL_PARAM with_curve[] = {
      SESAM_GENERATION_PARAMS,
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, nullptr, 0),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_USE_COFACTOR_ECDH, nullptr),
      OSSL_PARAM_END};
  static const OSSL_PARAM with_bits[] = {SESAM_GENERATION_PARAMS,
                                         OSSL_PARAM_size_t(OSSL_PKEY_PARAM_RSA_BITS, nullptr),
                                         OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, nullptr, 0),
                                         OSSL_PARAM_size_t(OSSL_PKEY_PARAM_RSA_PRIMES, nullptr),
                                         OSSL_PARAM_size_t(kBindRsaBits, nullptr),
                                         OSSL_PARAM_END};
  return row.has_curves() ? with_curve : with_bits;
}

Result<Generation*> Generation::start(KeyType type, void* provctx, int selection, const OSSL_PARAM params[]) {
  if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0)
    return Error{Reason::not_offered, "parameters without a key: the device generates only keys"};
  std::unique_ptr<Generation> generation(new Generation(type, *static_cast<const n200::Context*>(provctx)));
  SESAM_CHECK(generation->set_params(params));
  return generation.release();
}

void Generation::cleanup(void* generation) { delete static_cast<Generation*>(generation); }

Result<void> Generation::set_template(void* key) {
  const auto* given = static_cast<const Key*>(key);
  char group[64];
  std::size_t length = 0;
  if (given != nullptr && given->parameters() != nullptr &&
      EVP_PKEY_get_group_name(given->parameters(), group, sizeof group, &length) == 1)
    group_.assign(group, length);
  return {};
}

// Unknown parameters are ignored, as by all providers. So is the cofactor flag: the cofactor of all curves of
// the device is 1.
Result<void> Generation::set_params(const OSSL_PARAM params[]) {
  const KeyTypeRow& row = row_of(type_);
  for (const OSSL_PARAM* p = params; p != nullptr && p->key != nullptr; ++p) {
    const std::string_view name = p->key;
    if (name == kOurUri || name == kBindUri) {
      SESAM_TRY(uri, text_of<Secret>(*p));
      uri_ = std::move(uri);
    } else if (name == kOurImport) {
      SESAM_TRY(path, text_of(*p));
      import_path_ = std::move(path);
    } else if (row.has_curves() && name == OSSL_PKEY_PARAM_GROUP_NAME) {
      SESAM_TRY(group, text_of(*p));
      group_ = std::move(group);
    } else if (row.has_curves() && name == OSSL_PKEY_PARAM_EC_ENCODING) {
      SESAM_CHECK(check_encoding(*p));
    } else if (row.has_curves() && name == OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT) {
      SESAM_TRY(format, point_format_of(*p));
      point_format_ = std::move(format);
    } else if (!row.has_curves() && (name == OSSL_PKEY_PARAM_RSA_BITS || name == kBindRsaBits)) {
      SESAM_TRY(bits, bits_of(*p, row));
      bits_ = bits;
    } else if (!row.has_curves() && name == OSSL_PKEY_PARAM_RSA_E) {
      SESAM_CHECK(check_usual(*p, kPublicExponent));
    } else if (!row.has_curves() && name == OSSL_PKEY_PARAM_RSA_PRIMES) {
      SESAM_CHECK(check_usual(*p, kPrimes));
    }
  }
  return {};
}

// The device assigns key_id, token and id itself, so a URI for a new key cannot contain them.
Result<n200::KeyUri> Generation::place() const {
  if (uri_.empty())
    return Error{Reason::bad_uri,
                 "generating a key: no URI gives its name; set sesam_uri (BIND: pkcs11-uri of the "
                 "key-store), for example sesam:object=NAME;core=1"};
  SESAM_TRY(uri, n200::KeyUri::parse(uri_.reveal()));
  if (!uri.token.empty() || !uri.key_id.empty() || !uri.id.empty())
    return Error{Reason::bad_uri,
                 "generating a key: every key of this device is its own token, so token=, key-id= and id= "
                 "cannot name a place for a new one; use core="};
  if (uri.object.empty())
    return Error{Reason::bad_uri, "generating a key: the URI gives no name; add object=NAME"};
  // cppcheck-suppress returnStdMoveLocal ; a reference into the result of SESAM_TRY
  return std::move(uri);
}

Result<n200::NewKey> Generation::new_key(const n200::KeyUri& uri, const n200::Device& device) const {
  n200::NewKey key;
  key.nice_name = uri.object;
  key.core = uri.core.value_or(device.options().core);
  key.acl = uri.acl.empty() ? device.options().acl : uri.acl;
  SESAM_TRY(pin, pin_for_new_key(uri, device));
  key.pin = std::move(pin);
  return key;
}

Result<n200::KeyRecord> Generation::generate_key(n200::NewKey& key, n200::Device& device) const {
  if (!set_kind(key, type_, group_, bits_))
    return Error{Reason::unsupported_key, "generating a key: the device has no curve " + group_};
  return device.generate(key);
}

Result<n200::KeyRecord> Generation::import_key(n200::NewKey& key, n200::Device& device) const {
  if (const auto& row = row_of(type_); !row.is_importable)
    return Error{Reason::not_offered,
                 std::string("importing an ") + row.name + " key: it is not known how the device imports it"};
  SESAM_TRY(file, read_ec_key_file(import_path_));
  if (!group_.empty() && n200::curve_named(group_.c_str()) != file.curve)
    return Error{Reason::unsupported_key,
                 import_path_ + ": the key is on the curve " + file.curve->group + ", not on " + group_};
  set_curve(key, *file.curve);
  return device.import_ec(key, file.pair);
}

Result<void> Generation::set_point_format(Key& key) {
  if (point_format_.empty()) return {};
  const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                                      point_format_.data(), point_format_.size()),
                               OSSL_PARAM_END};
  return key.set_params(params);
}

Result<Key*> Generation::generate(OSSL_CALLBACK*, void*) {
  SESAM_TRY(device, context_.require_device());
  SESAM_TRY(uri, place());
  SESAM_TRY(key, new_key(uri, *device));
  SESAM_TRY(record, import_path_.empty() ? generate_key(key, *device) : import_key(key, *device));
  SESAM_TRY(data, Key::from_record(record, uri, std::move(key.pin), device));
  auto made = std::make_unique<Key>(std::move(data), Key::Part::with_private);
  SESAM_CHECK(set_point_format(*made));
  return made.release();
}

}  // namespace sesam::keymgmt
