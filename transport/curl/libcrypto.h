// SPDX-License-Identifier: Apache-2.0
// Checks whether libcurl uses the same libcrypto as we do. Only then does a thread's default library context
// apply to libcurl's TLS.
#pragma once

#include <string>
#include <string_view>

namespace sesam::transport::curl {

/// `curl_ssl_version` is that of curl_version_info(3), such as "OpenSSL/3.0.19"; `major` is our libcrypto's.
/// Other TLS libraries (GnuTLS, …) need no isolation and are allowed, except forks of OpenSSL.
bool same_libcrypto(std::string_view curl_ssl_version, unsigned major) noexcept;

/// Empty if libcurl matches this process's libcrypto, otherwise a sentence that describes the difference. The
/// first call, made when the first key is opened, queries libcurl and uses about 6 KiB of stack.
const std::string& why_wrong_libcrypto();

/// Whether libcurl uses OpenSSL at all.
bool libcurl_has_openssl();

}  // namespace sesam::transport::curl
