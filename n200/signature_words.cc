// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_words.h"

#include <cstddef>
#include <iterator>

namespace sesam::n200 {
namespace {

// In the order of the enumerations.
constexpr std::string_view kPaddings[] = {"", "PKCS1", "PSS"};
constexpr std::string_view kHashes[] = {"SHA1",     "SHA224",     "SHA256",     "SHA384",
                                        "SHA512",   "SHA512-224", "SHA512-256", "SHA3-224",
                                        "SHA3-256", "SHA3-384",   "SHA3-512"};
static_assert(std::size(kPaddings) == static_cast<std::size_t>(Padding::count));
static_assert(std::size(kHashes) == static_cast<std::size_t>(Hash::count));

}  // namespace

std::string_view word_of(Padding padding) noexcept { return kPaddings[static_cast<std::size_t>(padding)]; }
std::string_view word_of(Hash hash) noexcept { return kHashes[static_cast<std::size_t>(hash)]; }

}  // namespace sesam::n200
