// SPDX-License-Identifier: Apache-2.0
// The digests that can be signed.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "n200/signature_words.h"

namespace sesam::signature {

/// One digest; computed here, never in the device.
struct Digest {
  const char* name;        ///< OpenSSL's canonical name
  std::string_view alias;  ///< OpenSSL's other names for it; empty: none
  std::string_view old_alias;
  n200::Hash hash;  ///< the device's identifier
  std::size_t size_bytes;

  /// The implementation in private_libctx(), fetched once per process. Null if it is not available. Throws
  /// std::bad_alloc.
  const EVP_MD* md() const;
};

/// For a forked child: makes md() fetch again, because the child has a new library context.
void forget_digests() noexcept;

/// The digest by any of OpenSSL's names for it ("SHA256", "sha256", "SHA2-256", "2.16.840.1.101.3.4.2.1").
/// Raises unsupported_digest, naming what is supported.
Result<const Digest*> find_digest(std::string_view name);

}  // namespace sesam::signature
