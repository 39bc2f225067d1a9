// SPDX-License-Identifier: Apache-2.0
// OpenSSL's error queue: the one writer of it, and the marks that keep it clean.
#pragma once

#include <openssl/core_dispatch.h>
#include <openssl/err.h>

#include <memory>

#include "base/log.h"
#include "base/result.h"

namespace sesam::ossl {

/// The core's own BIO functions, for encoders and decoders (provider-encoder(7)).
struct BioCalls {
  OSSL_FUNC_BIO_write_ex_fn* write = nullptr;
  OSSL_FUNC_BIO_read_ex_fn* read = nullptr;
  OSSL_FUNC_BIO_gets_fn* gets = nullptr;
};

/// What the core handed to one provider instance (provider-base(7)): its handle and the upcalls we use.
struct Core {
  const OSSL_CORE_HANDLE* handle = nullptr;
  OSSL_FUNC_core_get_params_fn* get_params = nullptr;
  OSSL_FUNC_core_new_error_fn* new_error = nullptr;
  OSSL_FUNC_core_set_error_debug_fn* set_error_debug = nullptr;
  OSSL_FUNC_core_vset_error_fn* vset_error = nullptr;
  OSSL_FUNC_core_get_libctx_fn* get_libctx = nullptr;
  OSSL_FUNC_self_test_cb_fn* self_test_callback = nullptr;
  BioCalls bio;

  /// Picks the upcalls from the table that OSSL_provider_init() got.
  Core(const OSSL_CORE_HANDLE* core_handle, const OSSL_DISPATCH* upcalls) noexcept;
};

/// Makes an instance the one that errors are raised through, until it is detached; then it is the one before
/// it. For an attached instance: replaces its log. All instances of a process have the same reason texts, so
/// any live one serves. Errors go to the logs of all.
void attach_error_stack(const Core& core, std::shared_ptr<const Log> log);
void detach_error_stack(const Core& core) noexcept;

/// Puts one entry on the calling thread's error queue and one line into each log: the reason's text, the
/// error's detail, made printable (base/printable.h), the reason's advice, and a pointer to `sesam doctor`;
/// and counts it. `where` names
/// the provider function. OpenSSL cuts an entry at 1,024 characters.
void raise(const Error& error, const char* where) noexcept;

/// OpenSSL's reason strings, ended by {0, nullptr} (provider-base(7), OSSL_FUNC_provider_get_reason_strings).
const OSSL_ITEM* reason_strings() noexcept;

/// Takes back every entry that libcrypto puts on the caller's queue during our work; the entries from before
/// stay. After keep() all of them stay.
class ErrorMark {
 public:
  ErrorMark() noexcept { ERR_set_mark(); }
  ~ErrorMark() {
    if (kept_)
      ERR_clear_last_mark();
    else
      ERR_pop_to_mark();
  }
  void keep() noexcept { kept_ = true; }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;

 private:
  bool kept_ = false;
};

}  // namespace sesam::ossl
