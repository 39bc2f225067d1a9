// SPDX-License-Identifier: Apache-2.0
// OpenSSL objects as std::unique_ptr.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace sesam::simulator {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, Freer<&BIO_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freer<&BN_clear_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, Freer<&BN_CTX_free>>;
using EcGroupPtr = std::unique_ptr<EC_GROUP, Freer<&EC_GROUP_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, Freer<&EC_POINT_free>>;
using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, Freer<&ECDSA_SIG_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Freer<&EVP_PKEY_CTX_free>>;
using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, Freer<&EVP_CIPHER_CTX_free>>;
using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freer<&OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freer<&OSSL_PARAM_free>>;
using SslPtr = std::unique_ptr<SSL, Freer<&SSL_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, Freer<&SSL_CTX_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freer<&X509_NAME_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<&X509_free>>;

}  // namespace sesam::simulator
