// SPDX-License-Identifier: Apache-2.0
#include "symmetric.h"

#include <openssl/rand.h>

#include <algorithm>

#include "failure.h"
#include "hex.h"
#include "openssl_handles.h"

namespace sesam::simulator {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kLengthBytes = 8;

const EVP_CIPHER* cipher_of(std::size_t key_bytes) {
  if (key_bytes == 16) return EVP_aes_128_cbc();
  return key_bytes == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

// Only the padding can be wrong, and only on decryption.
Bytes run(const Bytes& key, const std::uint8_t* iv, std::span<const std::uint8_t> in, bool encrypt) {
  const CipherCtxPtr ctx(EVP_CIPHER_CTX_new());
  Bytes out(in.size() + kBlockBytes);
  int size = 0;
  int last = 0;
  if (EVP_CipherInit_ex(ctx.get(), cipher_of(key.size()), nullptr, key.data(), iv, encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(ctx.get(), out.data(), &size, in.data(), static_cast<int>(in.size())) != 1 ||
      EVP_CipherFinal_ex(ctx.get(), out.data() + size, &last) != 1) {
    throw DeviceError(Failure::malformed, "ciphertext");
  }
  out.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(last));
  return out;
}

}  // namespace

std::string encrypt_cbc(std::string_view key_hex, std::string_view text) {
  Bytes plain(kLengthBytes);
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    plain[i] = static_cast<std::uint8_t>(text.size() >> (8 * (kLengthBytes - 1 - i)));
  }
  plain.insert(plain.end(), text.begin(), text.end());
  Bytes result(kBlockBytes);
  if (RAND_bytes(result.data(), static_cast<int>(kBlockBytes)) != 1) throw DeviceError(Failure::internal);
  const Bytes body = run(from_hex(key_hex).value(), result.data(), plain, true);
  result.insert(result.end(), body.begin(), body.end());
  return to_hex(result);
}

std::string decrypt_cbc(std::string_view key_hex, std::string_view ciphertext_hex) {
  const auto bytes = from_hex(ciphertext_hex);
  if (!bytes || bytes->size() <= kBlockBytes) throw DeviceError(Failure::malformed, "ciphertext");
  const std::span body = std::span(*bytes).subspan(kBlockBytes);
  const Bytes plain = run(from_hex(key_hex).value(), bytes->data(), body, false);
  if (plain.size() < kLengthBytes) throw DeviceError(Failure::malformed, "ciphertext");
  std::string text(plain.size() - kLengthBytes, '\0');
  std::transform(plain.begin() + kLengthBytes, plain.end(), text.begin(),
                 [](std::uint8_t c) { return static_cast<char>(c); });
  return text;
}

}  // namespace sesam::simulator
