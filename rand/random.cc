// SPDX-License-Identifier: Apache-2.0
#include "rand/random.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/secret.h"
#include "n200/device.h"
#include "ossl/boundary.h"

namespace sesam::rand {
namespace {

const OSSL_PARAM* gettable_params(void*, void*) {
  static const OSSL_PARAM params[] = {
      OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, nullptr), OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, nullptr),
      OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, nullptr), OSSL_PARAM_END};
  return params;
}

// OpenSSL requires these of a generator that threads share. There is
// nothing to lock, and a lock would be held while waiting for the device.
int enable_locking(void*) { return 1; }
int lock(void*) { return 1; }
void unlock(void*) {}

// Nothing is stored, so nothing has to be wiped.
int verify_zeroization(void*) { return 1; }

void clear_seed(void*, unsigned char* seed, size_t length) { OPENSSL_secure_clear_free(seed, length); }

}  // namespace

Result<Random*> Random::create(void* provctx, void*, const OSSL_DISPATCH*) {
  return new Random(*static_cast<const n200::Context*>(provctx));
}

void Random::release(void* random) { delete static_cast<Random*>(random); }

Result<void> Random::check_strength(unsigned strength) const {
  if (strength <= kStrengthBits) return {};
  return Error{Reason::bad_argument, "random numbers with a strength of " + std::to_string(strength) +
                                         " bits; the maximum is " + std::to_string(kStrengthBits)};
}

Result<void> Random::instantiate(unsigned strength, int, const unsigned char*, size_t, const OSSL_PARAM[]) {
  SESAM_CHECK(check_strength(strength));
  state_ = EVP_RAND_STATE_READY;
  return {};
}

Result<void> Random::uninstantiate() {
  state_ = EVP_RAND_STATE_UNINITIALISED;
  return {};
}

Result<void> Random::generate(unsigned char* out, size_t length, unsigned strength, int, const unsigned char*,
                              size_t) {
  if (state_ != EVP_RAND_STATE_READY)
    return Error{Reason::bad_argument, "the random generator is not instantiated"};
  SESAM_CHECK(check_strength(strength));
  SESAM_TRY(device, context_.require_device());
  return device->random({out, length});
}

// Nothing to do: all output is fresh from the device.
Result<void> Random::reseed(int, const unsigned char*, size_t, const unsigned char*, size_t) {
  if (state_ != EVP_RAND_STATE_READY)
    return Error{Reason::bad_argument, "the random generator is not instantiated"};
  return {};
}

Result<size_t> Random::get_seed(unsigned char** seed, int entropy_bits, size_t least, size_t most, int,
                                const unsigned char*, size_t) {
  const std::size_t for_entropy = entropy_bits > 0 ? (static_cast<std::size_t>(entropy_bits) + 7) / 8 : 0;
  const std::size_t length = std::max(least, for_entropy);
  if (seed == nullptr) return Error{Reason::bad_argument, "the pointer to the seed is null"};
  if (length == 0 || length > most)
    return Error{Reason::bad_argument,
                 "a seed of " + std::to_string(length) + " bytes; the maximum is " + std::to_string(most)};
  SESAM_TRY(device, context_.require_device());
  auto* bytes = static_cast<unsigned char*>(OPENSSL_secure_malloc(length));
  if (bytes == nullptr) return Error{Reason::out_of_memory, {}};
  if (auto filled = device->random({bytes, length}); !filled) {
    OPENSSL_secure_clear_free(bytes, length);
    return std::move(filled).error();
  }
  *seed = bytes;
  return length;
}

Result<void> Random::get_params(OSSL_PARAM params[]) {
  const Error wrong_type{Reason::bad_argument, "a parameter of the random generator has the wrong type"};
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
      p != nullptr && OSSL_PARAM_set_int(p, state_) != 1)
    return wrong_type;
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
      p != nullptr && OSSL_PARAM_set_uint(p, kStrengthBits) != 1)
    return wrong_type;
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
      p != nullptr && OSSL_PARAM_set_size_t(p, kMaxBytes) != 1)
    return wrong_type;
  return {};
}

const char kRandomNames[] = "SESAM-RAND";

const OSSL_DISPATCH kRandom[] = {SESAM_BIND(rand_newctx, &Random::create),
                                 SESAM_BIND(rand_freectx, &Random::release),
                                 SESAM_BIND(rand_instantiate, &Random::instantiate),
                                 SESAM_BIND(rand_uninstantiate, &Random::uninstantiate),
                                 SESAM_BIND(rand_generate, &Random::generate),
                                 SESAM_BIND(rand_reseed, &Random::reseed),
                                 SESAM_BIND(rand_enable_locking, &enable_locking),
                                 SESAM_BIND(rand_lock, &lock),
                                 SESAM_BIND(rand_unlock, &unlock),
                                 SESAM_BIND(rand_gettable_ctx_params, &gettable_params),
                                 SESAM_BIND(rand_get_ctx_params, &Random::get_params),
                                 SESAM_BIND(rand_verify_zeroization, &verify_zeroization),
                                 SESAM_BIND(rand_get_seed, &Random::get_seed),
                                 SESAM_BIND(rand_clear_seed, &clear_seed),
                                 SESAM_BIND_END};

}  // namespace sesam::rand
