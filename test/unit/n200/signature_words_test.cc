// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_words.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace sesam::n200 {
namespace {

TEST(SignatureWords, every_padding_has_its_word) {
  constexpr std::pair<Padding, std::string_view> kExpected[] = {
      {Padding::none, ""}, {Padding::pkcs1, "PKCS1"}, {Padding::pss, "PSS"}};
  EXPECT_EQ(std::size(kExpected), static_cast<std::size_t>(Padding::count));
  for (const auto& [padding, word] : kExpected) EXPECT_EQ(word_of(padding), word);
}

TEST(SignatureWords, every_hash_has_its_word) {
  constexpr std::pair<Hash, std::string_view> kExpected[] = {{Hash::sha1, "SHA1"},
                                                             {Hash::sha224, "SHA224"},
                                                             {Hash::sha256, "SHA256"},
                                                             {Hash::sha384, "SHA384"},
                                                             {Hash::sha512, "SHA512"},
                                                             {Hash::sha512_224, "SHA512-224"},
                                                             {Hash::sha512_256, "SHA512-256"},
                                                             {Hash::sha3_224, "SHA3-224"},
                                                             {Hash::sha3_256, "SHA3-256"},
                                                             {Hash::sha3_384, "SHA3-384"},
                                                             {Hash::sha3_512, "SHA3-512"}};
  EXPECT_EQ(std::size(kExpected), static_cast<std::size_t>(Hash::count));
  for (const auto& [hash, word] : kExpected) EXPECT_EQ(word_of(hash), word);
}

}  // namespace
}  // namespace sesam::n200
