// SPDX-License-Identifier: Apache-2.0
// The library context in which this module uses OpenSSL for itself.
#pragma once

#include <openssl/types.h>

namespace sesam::ossl {

/// A context in which only OpenSSL's own default provider is active. The application's contexts may prefer us
/// for EC or RSA: public keys and digests of ours that were fetched there would come back to us. Made at
/// first use, never freed. Throws std::bad_alloc; null would be the application's.
OSSL_LIB_CTX* private_libctx();

/// In a forked child: the next call makes another one. A thread of the parent may have held a lock of the old
/// one.
void forget_private_libctx() noexcept;

}  // namespace sesam::ossl
