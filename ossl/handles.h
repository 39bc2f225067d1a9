// SPDX-License-Identifier: Apache-2.0
// Owning pointers for OpenSSL's objects.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

namespace sesam::ossl {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using Bignum = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using Conf = std::unique_ptr<CONF, FreeWith<&NCONF_free>>;
using EcdsaSig = std::unique_ptr<ECDSA_SIG, FreeWith<&ECDSA_SIG_free>>;
using LibCtx = std::unique_ptr<OSSL_LIB_CTX, FreeWith<&OSSL_LIB_CTX_free>>;
using Md = std::unique_ptr<EVP_MD, FreeWith<&EVP_MD_free>>;
using MdCtx = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<&OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeWith<&OSSL_PARAM_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using PkeyCtx = std::unique_ptr<EVP_PKEY_CTX, FreeWith<&EVP_PKEY_CTX_free>>;
using X509Certificate = std::unique_ptr<X509, FreeWith<&X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, FreeWith<&X509_NAME_free>>;

/// A BIO that reads from the text, which must outlive it (BIO_new_mem_buf(3)). Null: out of memory.
inline Bio reader_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace sesam::ossl
