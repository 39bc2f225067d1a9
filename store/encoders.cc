// SPDX-License-Identifier: Apache-2.0
#include "store/encoders.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>

#include <string>

#include "base/printable.h"
#include "keymgmt/key.h"
#include "ossl/boundary.h"
#include "ossl/encodings.h"
#include "ossl/handles.h"
#include "store/context.h"
#include "store/uri_pem.h"

namespace sesam::store {
namespace {

using keymgmt::Key;

Result<void*> new_context(void* provctx) { return provctx; }
void free_context(void*) {}

// OpenSSL requests the private part when it prints a key pair.
int does_selection(void*, int selection) { return (selection & OSSL_KEYMGMT_SELECT_ALL) != 0 ? 1 : 0; }

int includes_private(void*, int selection) {
  return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? 1 : 0;
}

// Of the private part, only names can be printed. The public part has OpenSSL's own heading.
std::string heading(const Key& key, int selection) {
  const auto* data = key.data();
  const std::string bits = "(" + std::to_string(EVP_PKEY_get_bits(key.public_key())) + " bit)";
  if (!key.is_private() || (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0) return {};
  return "Private-Key: " + bits + ", held by the N200\nKey id: " + printable(data->handle.key_id) +
         "\nToken: " + printable(data->handle.token) + "\nLabel: " + printable(data->handle.nice_name) +
         "\nURI: " + printable(data->uri) + "\n";
}

Result<void> write(const Context& context, OSSL_CORE_BIO* out, std::string_view text) {
  std::size_t written = 0;
  if (context.bio.write == nullptr || context.bio.write(out, text.data(), text.size(), &written) != 1 ||
      written != text.size())
    return Error{Reason::internal, "the output cannot be written"};
  return {};
}

Result<void> encode_text(void* provctx, OSSL_CORE_BIO* out, const void* object, const OSSL_PARAM[],
                         int selection, OSSL_PASSPHRASE_CALLBACK*, void*) {
  const auto* key = static_cast<const Key*>(object);
  const bool parameters_only = (selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0;
  if (key == nullptr || (parameters_only ? key->parameters() : key->public_key()) == nullptr)
    return Error{Reason::bad_argument, "the key is empty"};
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  const std::string head = heading(*key, selection);
  if (!memory ||
      BIO_write(memory.get(), head.data(), static_cast<int>(head.size())) != static_cast<int>(head.size()) ||
      (parameters_only ? EVP_PKEY_print_params : EVP_PKEY_print_public)(memory.get(), key->parameters(), 0,
                                                                        nullptr) != 1)
    return Error{Reason::internal, "the key cannot be printed"};
  return write(*static_cast<const Context*>(provctx), out, ossl::text_in(memory.get()));
}

Result<const Key*> key_in_device(const void* object) {
  const auto* key = static_cast<const Key*>(object);
  if (key == nullptr || !key->is_private()) return Error{Reason::bad_argument, "not a key in the device"};
  return key;
}

Result<void> encode_pem(void* provctx, OSSL_CORE_BIO* out, const void* object, const OSSL_PARAM[], int,
                        OSSL_PASSPHRASE_CALLBACK*, void*) {
  SESAM_TRY(key, key_in_device(object));
  const std::string pem = pem_of_uri(key->data()->uri);
  if (pem.empty()) return Error{Reason::out_of_memory, {}};
  return write(*static_cast<const Context*>(provctx), out, pem);
}

// Programs that request DER parse it, or pass it to others that do; to them, a URI is not a private key.
Result<void> refuse_der(void*, OSSL_CORE_BIO*, const void* object, const OSSL_PARAM[], int,
                        OSSL_PASSPHRASE_CALLBACK*, void*) {
  return keymgmt::not_exported(object);
}

#define SESAM_ENCODER_COMMON \
  SESAM_BIND(encoder_newctx, &new_context), SESAM_BIND(encoder_freectx, &free_context)

}  // namespace

const OSSL_DISPATCH kTextEncoder[] = {SESAM_ENCODER_COMMON,
                                      SESAM_BIND(encoder_does_selection, &does_selection),
                                      SESAM_BIND(encoder_encode, &encode_text), SESAM_BIND_END};
const OSSL_DISPATCH kDerEncoder[] = {SESAM_ENCODER_COMMON,
                                     SESAM_BIND(encoder_does_selection, &includes_private),
                                     SESAM_BIND(encoder_encode, &refuse_der), SESAM_BIND_END};
const OSSL_DISPATCH kPemEncoder[] = {SESAM_ENCODER_COMMON,
                                     SESAM_BIND(encoder_does_selection, &includes_private),
                                     SESAM_BIND(encoder_encode, &encode_pem), SESAM_BIND_END};

}  // namespace sesam::store
