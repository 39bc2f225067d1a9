// SPDX-License-Identifier: Apache-2.0
#include "evp_client.h"

#include <openssl/err.h>
#include <openssl/store.h>

#include <array>
#include <stdexcept>

#include "message.h"

namespace sesam::bench {
namespace {

constexpr std::size_t kMaxDerBytes = 72;

[[noreturn]] void fail(const std::string& what) {
  std::string text = what;
  for (unsigned long code = 0; (code = ERR_get_error()) != 0;) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    text += std::string("; ") + line.data();
  }
  throw std::runtime_error(text);
}

using StoreCtx = std::unique_ptr<OSSL_STORE_CTX, ossl::FreeWith<&OSSL_STORE_close>>;
using StoreInfo = std::unique_ptr<OSSL_STORE_INFO, ossl::FreeWith<&OSSL_STORE_INFO_free>>;

ossl::Pkey open_key(const std::string& uri) {
  const StoreCtx store(OSSL_STORE_open(uri.c_str(), nullptr, nullptr, nullptr, nullptr));
  if (!store) fail("OSSL_STORE_open " + uri);
  while (OSSL_STORE_eof(store.get()) != 1) {
    const StoreInfo info(OSSL_STORE_load(store.get()));
    if (info && OSSL_STORE_INFO_get_type(info.get()) == OSSL_STORE_INFO_PKEY)
      return ossl::Pkey(OSSL_STORE_INFO_get1_PKEY(info.get()));
  }
  fail("no private key at " + uri);
}

class EvpCaller final : public Caller {
 public:
  explicit EvpCaller(EVP_PKEY* key) : key_(key) {}

  // Uses a new context each time, as applications do.
  void sign() override {
    length_ = der_.size();
    const ossl::MdCtx context(EVP_MD_CTX_new());
    if (!context ||
        EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_, nullptr) != 1 ||
        EVP_DigestSign(context.get(), der_.data(), &length_, data(), kMessage.size()) != 1)
      fail("EVP_DigestSign");
  }

  std::string signature() const override { return hex_of(std::span(der_).first(length_)); }

 private:
  static const unsigned char* data() {
    return static_cast<const unsigned char*>(static_cast<const void*>(kMessage.data()));
  }

  EVP_PKEY* key_;
  std::array<unsigned char, kMaxDerBytes> der_{};
  std::size_t length_ = 0;
};

}  // namespace

EvpClient::EvpClient(const Options& options) {
  for (const KeyName& key : options.keys)
    keys_.push_back(open_key("sesam:key-id=" + key.key_id + ";core=" + std::to_string(key.core)));
}

std::unique_ptr<Caller> EvpClient::make_caller(std::size_t number) {
  return std::make_unique<EvpCaller>(keys_[number % keys_.size()].get());
}

}  // namespace sesam::bench
