// SPDX-License-Identifier: Apache-2.0
// The library context for this module's own use of OpenSSL.
#pragma once

#include <openssl/types.h>

namespace sesam::ossl {

/// A context in which only OpenSSL's default provider is active. The application's contexts may
/// prefer this provider for EC or RSA, so what is fetched there may lead back to us. Made at first
/// use, never freed. Throws std::bad_alloc: null would mean the application's default context.
OSSL_LIB_CTX* private_libctx();

/// For a forked child: makes the next call of private_libctx() create another
/// context, as a thread of the parent may have held a lock of the old one.
void forget_private_libctx() noexcept;

}  // namespace sesam::ossl
