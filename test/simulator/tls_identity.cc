// SPDX-License-Identifier: Apache-2.0
#include "tls_identity.h"

#include <filesystem>

#include "certificate.h"

namespace sesam::simulator {

void TlsIdentity::use(const std::string& cert_path, const std::string& key_path) {
  TlsFiles files = files_;
  files.cert_path = cert_path;
  files.key_path = key_path;
  context_ = make_tls_context(files, offer_http2_);
  files_ = std::move(files);
}

void TlsIdentity::renew(const std::string& common_name) {
  const std::filesystem::path directory = std::filesystem::path(files_.cert_path).parent_path();
  std::string stem;
  int number = 2;
  do {
    stem = (directory / ("tls-" + std::to_string(number++))).string();
  } while (std::filesystem::exists(stem + ".crt"));
  write_self_signed(common_name, stem + ".crt", stem + ".key");
  use(stem + ".crt", stem + ".key");
}

}  // namespace sesam::simulator
