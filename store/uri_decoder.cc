// SPDX-License-Identifier: Apache-2.0
#include "store/uri_decoder.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <string>
#include <utility>

#include "n200/device.h"
#include "ossl/boundary.h"
#include "store/context.h"
#include "store/open_key.h"
#include "store/uri_pem.h"

namespace sesam::store {
namespace {

using keymgmt::Key;
using keymgmt::KeyType;

constexpr std::size_t kMaxBytes = 64 * 1024;  // a URI is short; a longer input is not ours

// The input may be a private key, or a URI with a PIN.
template <std::size_t Size>
struct Wiped {
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { OPENSSL_cleanse(bytes, Size); }
  char bytes[Size];
};

Result<void*> new_context(void* provctx) { return provctx; }
void free_context(void*) {}

int does_selection(void*, int selection) {
  return selection == 0 ||
                 (selection & (OSSL_KEYMGMT_SELECT_PRIVATE_KEY | OSSL_KEYMGMT_SELECT_PUBLIC_KEY)) != 0
             ? 1
             : 0;
}

// The next PEM object of the input, including its first and last line; empty if it is not
// ours. Of any other object, which may be a private key, only the first line is read.
Secret next_pem(const Context& context, OSSL_CORE_BIO* in) {
  Secret pem;
  Wiped<512> line;
  for (int length; pem.reveal().size() < kMaxBytes &&
                   (length = context.bio.gets(in, line.bytes, sizeof line.bytes)) > 0;) {
    const std::string_view text(line.bytes, static_cast<std::size_t>(length));
    if (pem.empty() && !text.starts_with("-----BEGIN ")) continue;
    if (pem.empty() && !is_first_line(text, context.claims_pkcs11)) return {};
    pem.append(text);
    if (text.starts_with("-----END ")) return pem;
  }
  return {};
}

Secret read_all(const Context& context, OSSL_CORE_BIO* in) {
  Secret all;
  Wiped<1024> buffer;
  for (std::size_t length = 0; all.reveal().size() < kMaxBytes &&
                               context.bio.read(in, buffer.bytes, sizeof buffer.bytes, &length) == 1 &&
                               length > 0;)
    all.append({buffer.bytes, length});
  return all;
}

// Other input is left to the other decoders, which start at the same position: succeeds without
// a callback. For our input, the callback runs decode_uri(), whose error must stay on the queue.
Result<ossl::HandedOn> decode_pem(void* provctx, OSSL_CORE_BIO* in, int, OSSL_CALLBACK* callback,
                                  void* argument, OSSL_PASSPHRASE_CALLBACK*, void*) {
  const auto& context = *static_cast<const Context*>(provctx);
  const auto der = der_of_pem(next_pem(context, in).reveal(), context.claims_pkcs11);
  if (!der) return ossl::HandedOn{true};
  int type = OSSL_OBJECT_PKEY;
  std::string structure = kUriStructure;
  const OSSL_PARAM object[] = {
      OSSL_PARAM_int(OSSL_OBJECT_PARAM_TYPE, &type),
      OSSL_PARAM_octet_string(OSSL_OBJECT_PARAM_DATA, const_cast<char*>(der->reveal().data()),
                              der->reveal().size()),
      OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA_STRUCTURE, structure.data(), structure.size()),
      OSSL_PARAM_END};
  return ossl::HandedOn{callback(object, argument) == 1};
}

// PEM_read_PUBKEY(3) does not accept the file of a private key either.
bool may_be_key(n200::ObjectType type, int selection) noexcept {
  const bool is_for_public_key =
      (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 && (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0;
  if (type == n200::ObjectType::any || type == n200::ObjectType::private_key) return !is_for_public_key;
  return type == n200::ObjectType::public_key;
}

// OpenSSL passes pkcs11-provider's structure to whichever decoder comes first, so
// this checks the structure, too. Both key types are tried on every file; the second
// one finds the key in the cache. The PIN is asked for only if the type matches.
template <KeyType Type>
Result<ossl::HandedOn> decode_uri(void* provctx, OSSL_CORE_BIO* in, int selection, OSSL_CALLBACK* callback,
                                  void* argument, OSSL_PASSPHRASE_CALLBACK* pin_callback,
                                  void* pin_argument) {
  const auto& context = *static_cast<const Context*>(provctx);
  const Secret der = read_all(context, in);
  const auto text = uri_of_der(bytes_of(der), context.claims_pkcs11);
  if (!text) return ossl::HandedOn{true};
  SESAM_TRY(uri, n200::KeyUri::parse(text->reveal()));
  if (!may_be_key(uri.type, selection)) return ossl::HandedOn{true};
  if (uri.names_no_key()) return no_name(uri);
  SESAM_TRY(device, context.require_device());
  const bool with_private = uri.type != n200::ObjectType::public_key;
  SESAM_TRY(record, device->find_key(uri));
  SESAM_TRY(type, keymgmt::type_of(record));
  if (type != Type) return ossl::HandedOn{true};
  SESAM_TRY(data, open_key(record, uri, device, with_private, {pin_callback, pin_argument}));
  auto key =
      std::make_unique<Key>(std::move(data), with_private ? Key::Part::with_private : Key::Part::public_only);
  return ossl::HandedOn{deliver(std::move(key), callback, argument)};
}

#define SESAM_DECODER_COMMON                                                            \
  SESAM_BIND(decoder_newctx, &new_context), SESAM_BIND(decoder_freectx, &free_context), \
      SESAM_BIND(decoder_does_selection, &does_selection)

}  // namespace

const OSSL_DISPATCH kPemDecoder[] = {SESAM_DECODER_COMMON, SESAM_BIND(decoder_decode, &decode_pem),
                                     SESAM_BIND_END};

#define SESAM_URI_DECODER(type) \
  {SESAM_DECODER_COMMON, SESAM_BIND(decoder_decode, &decode_uri<KeyType::type>), SESAM_BIND_END},
const OSSL_DISPATCH kUriDecoders[std::size(keymgmt::kKeyTypes)][kUriDecoderFunctions] = {
    SESAM_KEY_TYPES(SESAM_URI_DECODER)};

}  // namespace sesam::store
