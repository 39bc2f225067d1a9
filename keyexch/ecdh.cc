// SPDX-License-Identifier: Apache-2.0
#include "keyexch/ecdh.h"

#include "keymgmt/key.h"
#include "ossl/boundary.h"

namespace sesam::keyexch {
namespace {

// A context has no state, but OpenSSL requires a non-null pointer.
Result<void*> new_context(void* provctx) { return provctx; }
void free_context(void*) {}

Result<void> init(void*, void* key, const OSSL_PARAM[]) { return keymgmt::not_offered("ECDH", key); }
Result<void> derive(void*, unsigned char*, size_t*, size_t) { return keymgmt::not_offered("ECDH", nullptr); }

}  // namespace

const OSSL_DISPATCH kEcdh[] = {SESAM_BIND(keyexch_newctx, &new_context),
                               SESAM_BIND(keyexch_freectx, &free_context), SESAM_BIND(keyexch_init, &init),
                               SESAM_BIND(keyexch_derive, &derive), SESAM_BIND_END};

}  // namespace sesam::keyexch
