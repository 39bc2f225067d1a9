// SPDX-License-Identifier: Apache-2.0
// OpenSSL's error queue: the only function that writes to it, and the marks that keep it clean.
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

/// What the core passed to one provider instance (provider-base(7)): its handle and the upcalls that we use.
struct Core {
  const OSSL_CORE_HANDLE* handle = nullptr;
  OSSL_FUNC_core_get_params_fn* get_params = nullptr;
  OSSL_FUNC_core_new_error_fn* new_error = nullptr;
  OSSL_FUNC_core_set_error_debug_fn* set_error_debug = nullptr;
  OSSL_FUNC_core_vset_error_fn* vset_error = nullptr;
  OSSL_FUNC_core_get_libctx_fn* get_libctx = nullptr;
  OSSL_FUNC_self_test_cb_fn* self_test_callback = nullptr;
  BioCalls bio;

  /// Picks the upcalls from the table that OSSL_provider_init() received.
  Core(const OSSL_CORE_HANDLE* core_handle, const OSSL_DISPATCH* upcalls) noexcept;
};

/// Makes errors go through this instance if no earlier one is attached. Each instance has its own number
/// for an error's library, and OpenSSL forgets that number's texts with the instance. So errors go through
/// the one that has been attached longest: usually that of the default context, which lives until the end.
/// If the instance is attached already, replaces its log. Errors go to the logs of all instances.
void attach_error_stack(const Core& core, std::shared_ptr<const Log> log);
void detach_error_stack(const Core& core) noexcept;

/// Adds an entry to the calling thread's error queue and a line to each log, and counts
/// the error. The text consists of the reason's text, the error's detail, made
/// printable (base/printable.h), the reason's advice, and a pointer to `sesam doctor`.
/// `where` names the provider function. OpenSSL truncates an entry at 1,024 characters.
void raise(const Error& error, const char* where) noexcept;

/// The same without a line in the logs and without counting it: for a call that libcrypto makes only to try
/// which provider can do something.
void raise_unlogged(const Error& error, const char* where) noexcept;

/// OpenSSL's reason strings, up to {0, nullptr} (provider-base(7), OSSL_FUNC_provider_get_reason_strings).
const OSSL_ITEM* reason_strings() noexcept;

/// Removes, in its destructor, all entries that libcrypto added to the caller's queue
/// since the constructor; earlier entries stay. After keep(), all of them stay.
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
