// SPDX-License-Identifier: Apache-2.0
// The device's random numbers for OpenSSL (provider-rand(7)):
// a generator, and a seed source for other generators.
#pragma once

#include <openssl/core.h>

#include <atomic>
#include <cstddef>

#include "base/result.h"
#include "n200/context.h"

namespace sesam::rand {

/// A generator without random state of its own: all output is fresh from the device, so there
/// is nothing to seed and nothing to lock. No request is sent before numbers are asked for.
class Random {
 public:
  static constexpr unsigned kStrengthBits = 256;
  static constexpr std::size_t kMaxBytes = 64 * 1024;  ///< per call, which has one deadline

  static Result<Random*> create(void* provctx, void* parent, const OSSL_DISPATCH* parent_calls);
  static void release(void* random);

  /// Raises bad_argument for a strength above kStrengthBits.
  Result<void> instantiate(unsigned strength, int prediction_resistance, const unsigned char* personal,
                           size_t personal_length, const OSSL_PARAM params[]);
  Result<void> uninstantiate();
  /// Raises bad_argument, bad_configuration, and what n200::Device::random() raises.
  Result<void> generate(unsigned char* out, size_t length, unsigned strength, int prediction_resistance,
                        const unsigned char* additional, size_t additional_length);
  Result<void> reseed(int prediction_resistance, const unsigned char* entropy, size_t entropy_length,
                      const unsigned char* additional, size_t additional_length);
  /// Makes a seed for a generator that has this one as its parent, in memory that
  /// clear_seed wipes and frees. Returns its length in bytes; 0 after an error.
  Result<size_t> get_seed(unsigned char** seed, int entropy_bits, size_t least, size_t most,
                          int prediction_resistance, const unsigned char* additional,
                          size_t additional_length);
  Result<void> get_params(OSSL_PARAM params[]);

 private:
  explicit Random(const n200::Context& context) : context_(context) {}
  Result<void> check_strength(unsigned strength) const;

  const n200::Context& context_;
  std::atomic<int> state_{0};  // EVP_RAND_STATE_UNINITIALISED
};

extern const OSSL_DISPATCH kRandom[];
extern const char kRandomNames[];

}  // namespace sesam::rand
