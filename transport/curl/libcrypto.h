// SPDX-License-Identifier: Apache-2.0
// Does libcurl use the libcrypto that we use? Only then does a thread's default library context reach its
// TLS.
#pragma once

#include <string>
#include <string_view>

namespace sesam::transport::curl {

/// `curl_ssl_version` as of curl_version_info(3), "OpenSSL/3.0.19"; `major` is our libcrypto's. A libcurl
/// with another TLS library than OpenSSL (GnuTLS, …) needs no isolation and is allowed.
bool same_libcrypto(std::string_view curl_ssl_version, unsigned major) noexcept;

/// Empty if libcurl fits this process's libcrypto, else a sentence that says what differs. The first call,
/// which is made when the first key is opened, asks libcurl and takes about 6 KiB of stack.
const std::string& why_wrong_libcrypto();

}  // namespace sesam::transport::curl
