// SPDX-License-Identifier: Apache-2.0
#include "cli/message.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/pin_prompt.h"
#include "ossl/handles.h"
#include "signature/digests.h"
#include "store/open_key.h"

namespace sesam::cli {
namespace {

Result<Bytes> hash(const signature::Digest& digest, const std::string& path) {
  const ossl::MdCtx context(EVP_MD_CTX_new());
  Bytes result(digest.size_bytes);
  if (!context || EVP_DigestInit_ex2(context.get(), digest.md(), nullptr) != 1)
    return Error{Reason::internal, std::string("cannot start ") + digest.name};
  SESAM_CHECK(read_input(path, [&](std::span<const unsigned char> block) {
    EVP_DigestUpdate(context.get(), block.data(), block.size());
  }));
  if (EVP_DigestFinal_ex(context.get(), result.data(), nullptr) != 1)
    return Error{Reason::internal, std::string("cannot finish ") + digest.name};
  return result;
}

using Init = Result<void> (signature::Signature::*)(void* key, const OSSL_PARAM params[]);

Result<void> begin(signature::Signature& context, keymgmt::Key& key, const Message& message, Init init) {
  const auto& row = keymgmt::row_of(key.data()->type);
  if (message.pss && !row.has_paddings) return Error{Reason::bad_argument, "--pss applies to RSA keys only"};
  if (message.raw && row.signature_form != n200::SignatureForm::p1363)
    return Error{Reason::bad_argument, "--raw applies to EC keys only"};
  std::string digest = message.digest;
  std::string padding = message.pss ? OSSL_PKEY_RSA_PAD_MODE_PSS : OSSL_PKEY_RSA_PAD_MODE_PKCSV15;
  std::string salt = OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST;
  std::vector<OSSL_PARAM> params{
      OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, digest.data(), 0)};
  if (row.has_paddings)
    params.push_back(OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, padding.data(), 0));
  if (message.pss)
    params.push_back(OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, salt.data(), 0));
  params.push_back(OSSL_PARAM_construct_end());
  return (context.*init)(&key, params.data());
}

}  // namespace

void add_message_options(CLI::App& command, Message& message) {
  command.add_option("KEY", message.key, kKeyHelp)->required();
  command.add_option("--digest", message.digest, "hash function")->capture_default_str()->type_name("NAME");
  auto* in = command.add_option("--in", message.in, "hash this file instead of stdin")->type_name("FILE");
  command.add_option("--hex", message.hex, "use this digest, in hexadecimal digits")
      ->type_name("DIGEST")
      ->excludes(in);
  command.add_flag("--pss", message.pss,
                   "RSA: use PSS, with a salt as long as the digest, instead of PKCS#1 v1.5");
  command.add_flag("--raw", message.raw,
                   "ECDSA: r and s, each padded to the size of the curve, instead of DER");
}

Result<Bytes> digest_of(const Message& message) {
  SESAM_TRY(digest, signature::find_digest(message.digest));
  if (message.hex.empty()) return hash(*digest, message.in);
  auto bytes = from_hex(message.hex);
  if (!bytes) return Error{Reason::bad_argument, "--hex: expected hexadecimal digits"};
  return *std::move(bytes);
}

Result<std::shared_ptr<const keymgmt::KeyData>> open_found_key(const std::shared_ptr<n200::Device>& device,
                                                               const FoundKey& found, bool to_sign) {
  return store::open_key(found.record, found.uri, device, to_sign, terminal_prompt());
}

Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const std::shared_ptr<n200::Device>& device,
                                                         const std::string& name, bool to_sign) {
  SESAM_TRY(found, find_key(*device, name));
  return open_found_key(device, found, to_sign);
}

Result<Bytes> sign_digest(keymgmt::Key& key, const Message& message, const Bytes& digest) {
  signature::Signature context(key.data()->type);
  SESAM_CHECK(begin(context, key, message, &signature::Signature::sign_init));
  std::size_t length = 0;
  SESAM_CHECK(context.sign(nullptr, &length, 0, digest.data(), digest.size()));
  Bytes signature(length);
  SESAM_CHECK(context.sign(signature.data(), &length, signature.size(), digest.data(), digest.size()));
  signature.resize(length);
  return signature;
}

Result<bool> verify_digest(keymgmt::Key& key, const Message& message, const Bytes& digest,
                           const Bytes& signature) {
  signature::Signature context(key.data()->type);
  SESAM_CHECK(begin(context, key, message, &signature::Signature::verify_init));
  return context.verify(signature.data(), signature.size(), digest.data(), digest.size());
}

}  // namespace sesam::cli
