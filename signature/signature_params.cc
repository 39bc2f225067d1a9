// SPDX-License-Identifier: Apache-2.0
// The parameters of a signature context, and its dispatch table.
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/boundary.h"
#include "signature/signature.h"

namespace sesam::signature {
namespace {

const OSSL_PARAM* gettable_params(void*, void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, nullptr, 0),
                                      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),
                                      OSSL_PARAM_size_t(OSSL_SIGNATURE_PARAM_DIGEST_SIZE, nullptr), OSSL_PARAM_END};
  return params;
}

const OSSL_PARAM* settable_params(void*, void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),
                                      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PROPERTIES, nullptr, 0), OSSL_PARAM_END};
  return params;
}

Error wrong_type(const char* name) { return {Reason::bad_argument, std::string("parameter '") + name + "' has the wrong type or is too small"}; }

}  // namespace

Result<void> Signature::choose_digest(const char* name) {
  SESAM_TRY(digest, find_digest(name));
  if (digest_fixed_ && digest != digest_)
    return Error{Reason::unsupported_digest, std::string(digest->name) + ": " + digest_->name + " is under way"};
  digest_ = digest;
  return {};
}

Result<void> Signature::get_params(OSSL_PARAM params[]) {
  if (params == nullptr) return {};
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_ALGORITHM_ID); p != nullptr && digest_ != nullptr) {
    SESAM_TRY(der, ecdsa_algorithm_id(*digest_));
    if (OSSL_PARAM_set_octet_string(p, der.data(), der.size()) != 1) return wrong_type(p->key);
  }
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_DIGEST); p != nullptr && digest_ != nullptr)
    if (OSSL_PARAM_set_utf8_string(p, digest_->name) != 1) return wrong_type(p->key);
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_DIGEST_SIZE); p != nullptr && digest_ != nullptr)
    if (OSSL_PARAM_set_size_t(p, digest_->size_bytes) != 1) return wrong_type(p->key);
  return {};
}

// What is not known is ignored: OpenSSL and BIND add parameters with every version ("nonce-type" is one).
Result<void> Signature::set_params(const OSSL_PARAM params[]) {
  if (params == nullptr) return {};
  const OSSL_PARAM* p = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_DIGEST);
  if (p == nullptr) return {};
  const char* name = nullptr;
  if (OSSL_PARAM_get_utf8_string_ptr(p, &name) != 1 || name == nullptr) return wrong_type(p->key);
  return choose_digest(name);
}

const OSSL_DISPATCH kEcdsa[] = {
    SESAM_BIND(signature_newctx, &Signature::create),
    SESAM_BIND(signature_freectx, &Signature::release),
    SESAM_BIND(signature_dupctx, &Signature::dup),
    SESAM_BIND(signature_sign_init, &Signature::sign_init),
    SESAM_BIND(signature_sign, &Signature::sign),
    SESAM_BIND(signature_verify_init, &Signature::verify_init),
    SESAM_BIND(signature_verify, &Signature::verify),
    SESAM_BIND(signature_digest_sign_init, &Signature::digest_sign_init),
    SESAM_BIND(signature_digest_sign_update, &Signature::update),
    SESAM_BIND(signature_digest_sign_final, &Signature::digest_sign_final),
    SESAM_BIND(signature_digest_verify_init, &Signature::digest_verify_init),
    SESAM_BIND(signature_digest_verify_update, &Signature::update),
    SESAM_BIND(signature_digest_verify_final, &Signature::digest_verify_final),
    SESAM_BIND(signature_get_ctx_params, &Signature::get_params),
    SESAM_BIND(signature_gettable_ctx_params, &gettable_params),
    SESAM_BIND(signature_set_ctx_params, &Signature::set_params),
    SESAM_BIND(signature_settable_ctx_params, &settable_params),
    SESAM_BIND_END};

}  // namespace sesam::signature
