// SPDX-License-Identifier: Apache-2.0
// The TLS session beneath one of libcurl's transfers.
#pragma once

#include <curl/curl.h>
#include <openssl/types.h>

namespace sesam::transport::curl {

/// nullptr: it has no connection yet, or libcurl's TLS library is not OpenSSL.
inline SSL* tls_of(CURL* handle) noexcept {
  curl_tlssessioninfo* tls = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || tls == nullptr ||
      tls->backend != CURLSSLBACKEND_OPENSSL)
    return nullptr;
  return static_cast<SSL*>(tls->internals);
}

}  // namespace sesam::transport::curl
