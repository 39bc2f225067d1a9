// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/libcrypto.h"

#include <curl/curl.h>
#include <openssl/crypto.h>

#include <charconv>

#include "base/process_state.h"

namespace sesam::transport::curl {

bool same_libcrypto(std::string_view curl_ssl_version, unsigned major) noexcept {
  // If several TLS libraries are compiled in, libcurl puts those not in use into parentheses: "(GnuTLS/3.7)
  // OpenSSL/3.0.19".
  constexpr std::string_view kOpenssl = "OpenSSL/";
  for (std::size_t at = 0; (at = curl_ssl_version.find(kOpenssl, at)) != std::string_view::npos;
       at += kOpenssl.size()) {
    if (at != 0 && curl_ssl_version[at - 1] == '(') continue;
    const auto version = curl_ssl_version.substr(at + kOpenssl.size());
    unsigned theirs = 0;
    const auto read = std::from_chars(version.data(), version.data() + version.size(), theirs);
    return read.ec == std::errc{} && theirs == major;
  }
  // Forks of OpenSSL have its symbols but no library contexts.
  for (const std::string_view fork : {"LibreSSL", "BoringSSL", "AWS-LC", "quictls"})
    if (curl_ssl_version.starts_with(fork)) return false;
  return true;
}

namespace {

std::string compare_with_libcurl() {
  const curl_version_info_data* curl = curl_version_info(CURLVERSION_NOW);
  const std::string_view theirs = curl->ssl_version == nullptr ? "" : curl->ssl_version;
  // Both the version that we were built for and the one that we run with: a 4.x with 3.x symbols must fail.
  const unsigned running = OPENSSL_version_major();
  if (running == OPENSSL_VERSION_MAJOR && same_libcrypto(theirs, running)) return {};
  return std::string("libcurl ")
      .append(curl->version)
      .append(" uses ")
      .append(theirs)
      .append(", this provider was built for OpenSSL " OPENSSL_VERSION_STR " and runs with ")
      .append(OpenSSL_version(OPENSSL_VERSION));
}

}  // namespace

bool libcurl_has_openssl() {
  const char* backend = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return backend != nullptr && std::string_view(backend).starts_with("OpenSSL/");
}

const std::string& why_wrong_libcrypto() {
  struct Verdict {
    const std::string words = compare_with_libcurl();
  };
  return process_state<Verdict>().words;
}

}  // namespace sesam::transport::curl
