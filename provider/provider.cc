// SPDX-License-Identifier: Apache-2.0
#include "provider/provider.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "asym_cipher/rsa_cipher.h"
#include "base/process_state.h"
#include "keyexch/ecdh.h"
#include "keymgmt/key.h"
#include "ossl/boundary.h"
#include "ossl/core_version.h"
#include "provider/params.h"
#include "provider/self_test.h"
#include "provider/setup.h"
#include "rand/random.h"
#include "signature/composite.h"
#include "signature/signature.h"
#include "store/certificate_directories.h"
#include "store/encoders.h"
#include "store/loader.h"
#include "store/uri_decoder.h"

namespace sesam::provider {
namespace {

constexpr char kProperties[] = "provider=sesam";

constexpr char kPkcs11Properties[] = "provider=pkcs11";  // BIND uses it to generate keys, others for stores

const OSSL_ALGORITHM kStores[] = {{"sesam", kProperties, store::kLoader, "keys in a sematicon N200"},
                                  {"pkcs11", kProperties, store::kLoader, "keys in a sematicon N200"},
                                  {"sesam", kPkcs11Properties, store::kLoader, "keys in a sematicon N200"},
                                  {"pkcs11", kPkcs11Properties, store::kLoader, "keys in a sematicon N200"},
                                  {nullptr, nullptr, nullptr, nullptr}};
const OSSL_ALGORITHM kStoresUnclaimed[] = {kStores[0], {nullptr, nullptr, nullptr, nullptr}};
using keymgmt::KeyType;
using keymgmt::row_of;

constexpr std::size_t kTypes = std::size(keymgmt::kKeyTypes);
template <std::size_t Rows>
using Algorithms = std::array<OSSL_ALGORITHM, Rows + 1>;  // the last one terminates it

// A row for each key type, by its number.
template <class MakeRow>
constexpr Algorithms<kTypes> for_each_type(const MakeRow& make_row) {
  Algorithms<kTypes> rows{};
  for (std::size_t type = 0; type < kTypes; ++type) rows[type] = make_row(keymgmt::kKeyTypes[type], type);
  return rows;
}

template <class... Tables>
constexpr Algorithms<sizeof...(Tables) * kTypes> joined(const Tables&... tables) {
  Algorithms<sizeof...(Tables) * kTypes> rows{};
  auto next = rows.begin();
  ((next = std::copy_n(tables.begin(), kTypes, next)), ...);
  return rows;
}

constexpr Algorithms<kTypes> keymgmts(const char* properties) {
  return for_each_type([=](const keymgmt::KeyTypeRow& row, std::size_t type) {
    return OSSL_ALGORITHM{row.names, properties, keymgmt::kKeymgmts[type], row.keys_description};
  });
}

constexpr Algorithms<kTypes> encoders(const char* properties, const OSSL_DISPATCH* encoder,
                                      const char* description) {
  return for_each_type([=](const keymgmt::KeyTypeRow& row, std::size_t) {
    return OSSL_ALGORITHM{row.names, properties, encoder, description};
  });
}

constexpr auto kKeymgmtsUnclaimed = keymgmts(kProperties);
// The same tables again, with the property "provider=pkcs11", with which BIND generates keys.
constexpr auto kKeymgmts = joined(kKeymgmtsUnclaimed, keymgmts(kPkcs11Properties));
constexpr auto kSignatures = for_each_type([](const keymgmt::KeyTypeRow& row, std::size_t type) {
  return OSSL_ALGORITHM{row.signature_names, kProperties, signature::kSignatures[type],
                        row.signature_description};
});
constexpr auto kSignaturesAndComposites = [] {
  constexpr std::size_t kComposites = std::size(signature::kComposites);
  Algorithms<kTypes + kComposites> rows{};
  std::copy_n(kSignatures.begin(), kTypes, rows.begin());
  for (std::size_t i = 0; i < kComposites; ++i)
    rows[kTypes + i] = {signature::kComposites[i].names, kProperties, signature::kCompositeTables[i],
                        row_of(signature::kComposites[i].type).signature_description};
  return rows;
}();
const OSSL_ALGORITHM kAsymCiphers[] = {
    {row_of(KeyType::rsa).names, kProperties, asym_cipher::kRsaCipher, "RSA encryption by OpenSSL"},
    {nullptr, nullptr, nullptr, nullptr}};
const OSSL_ALGORITHM kKeyExchanges[] = {
    {row_of(KeyType::ec).exchange_name, kProperties, keyexch::kEcdh, "says that ECDH is not offered"},
    {nullptr, nullptr, nullptr, nullptr}};
constexpr char kNotExported[] = "says that private keys are not exported";
constexpr auto kEncoders = joined(
    encoders("provider=sesam,output=text", store::kTextEncoder, "prints keys in a sematicon N200"),
    encoders("provider=sesam,output=pem,structure=PrivateKeyInfo", store::kPemEncoder, "writes a key's URI"),
    encoders("provider=sesam,output=pem,structure=type-specific", store::kPemEncoder, "writes a key's URI"),
    encoders("provider=sesam,output=pem,structure=pkcs1", store::kPemEncoder, "writes a key's URI"),
    encoders("provider=sesam,output=der,structure=type-specific", store::kDerEncoder, kNotExported),
    encoders("provider=sesam,output=der,structure=PrivateKeyInfo", store::kDerEncoder, kNotExported),
    encoders("provider=sesam,output=msblob", store::kDerEncoder, kNotExported),
    encoders("provider=sesam,output=pvk", store::kDerEncoder, kNotExported));
constexpr OSSL_ALGORITHM kPemDecoder = {"DER", "provider=sesam,input=pem", store::kPemDecoder,
                                        "PEM files that wrap a key URI"};
constexpr auto kDecoders = [] {
  Algorithms<1 + kTypes> rows{kPemDecoder};
  for (std::size_t type = 0; type < kTypes; ++type)
    rows[1 + type] = {keymgmt::kKeyTypes[type].names, "provider=sesam,input=der,structure=sesam-uri",
                      store::kUriDecoders[type], keymgmt::kKeyTypes[type].decoder_description};
  return rows;
}();

// Used only if openssl.cnf selects it: no program fetches a generator of that name otherwise.
const OSSL_ALGORITHM kRandoms[] = {
    {rand::kRandomNames, kProperties, rand::kRandom, "random numbers of a sematicon N200"},
    {nullptr, nullptr, nullptr, nullptr}};

const OSSL_ALGORITHM* query_operation(void* provctx, int operation, int* no_cache) {
  const auto& provider = *static_cast<const Provider*>(provctx);
  const bool claims_pkcs11 = provider.claims_pkcs11;
  *no_cache = 0;
  switch (operation) {
    case OSSL_OP_STORE:
      return claims_pkcs11 ? kStores : kStoresUnclaimed;
    case OSSL_OP_KEYMGMT:
      return claims_pkcs11 ? kKeymgmts.data() : kKeymgmtsUnclaimed.data();
    case OSSL_OP_SIGNATURE:
      return provider.has_composites ? kSignaturesAndComposites.data() : kSignatures.data();
    case OSSL_OP_ASYM_CIPHER:
      return kAsymCiphers;
    case OSSL_OP_KEYEXCH:
      return kKeyExchanges;
    case OSSL_OP_ENCODER:
      return kEncoders.data();
    case OSSL_OP_DECODER:
      return kDecoders.data();
    case OSSL_OP_RAND:
      return kRandoms;
    default:
      return nullptr;
  }
}

const OSSL_ITEM* get_reason_strings(void*) { return ossl::reason_strings(); }

// Older versions have no function that uses such an algorithm.
constexpr ossl::CoreVersion kCompositesSince{3, 4};

void teardown(void* provctx) { delete static_cast<Provider*>(provctx); }

}  // namespace

Provider::Provider(const ossl::Core& core)
    : has_composites(ossl::version_of(core) >= kCompositesSince), core_(core), first_(first_setup(core)) {
  bio = core.bio;
  core_version = ossl::version_of(core);
  claims_pkcs11 = first_->claims_pkcs11;
  // Made now, as the guard of a static that another thread holds at fork stays locked in the child.
  static_cast<void>(process_state<store::CertificateDirectories>());
  ossl::attach_error_stack(core_, first_->log);
}

Provider::~Provider() {
  ossl::detach_error_stack(core_);
  if (const Setup* final = final_.load(std::memory_order_acquire); final != first_.get()) delete final;
}

// Concurrent callers each make a setup; the first to publish its own wins.
const Setup& Provider::final_setup() const {
  if (const Setup* final = final_.load(std::memory_order_acquire)) return *final;
  auto later = later_setup(core_, *first_);
  const Setup* final = nullptr;
  if (!final_.compare_exchange_strong(final, later ? later.get() : first_.get(), std::memory_order_acq_rel))
    return *final;
  if (!later) return *first_;
  const Setup& published = *later.release();
  ossl::attach_error_stack(core_, published.log);
  return published;
}

Result<std::shared_ptr<n200::Device>> Provider::require_device() const {
  const Setup& setup = final_setup();
  if (!setup.device) return setup.error;
  setup.warnings.tell_once();
  return setup.device;
}

const std::string& Provider::certificate_directory() const { return final_setup().certificates; }

const OSSL_DISPATCH kProvider[] = {SESAM_BIND(provider_teardown, &teardown),
                                   SESAM_BIND(provider_gettable_params, &gettable_params),
                                   SESAM_BIND(provider_get_params, &get_params),
                                   SESAM_BIND(provider_query_operation, &query_operation),
                                   SESAM_BIND(provider_get_reason_strings, &get_reason_strings),
                                   SESAM_BIND(provider_self_test, &self_test),
                                   SESAM_BIND_END};

}  // namespace sesam::provider
