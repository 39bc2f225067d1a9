// SPDX-License-Identifier: Apache-2.0
#include "tls_identity.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <stdexcept>

#include "options.h"
#include "state_files.h"

namespace sesam::simulator {
namespace {

TEST(TlsIdentity, has_another_certificate_of_the_given_name_after_renewal) {
  const StateFiles files({});
  TlsIdentity identity(files.tls(), true);
  const X509Ptr before(X509_dup(SSL_CTX_get0_certificate(identity.context())));
  identity.renew("another");
  X509* after = SSL_CTX_get0_certificate(identity.context());
  EXPECT_NE(X509_cmp(before.get(), after), 0);
  EXPECT_EQ(X509_check_host(after, "another", 0, 0, nullptr), 1);
  EXPECT_TRUE(std::filesystem::exists(files.tls().cert_path));  // kept to return to it
  identity.use(files.tls().cert_path, files.tls().key_path);
  EXPECT_EQ(X509_cmp(before.get(), SSL_CTX_get0_certificate(identity.context())), 0);
}

TEST(TlsIdentity, stays_the_same_if_a_file_is_unreadable) {
  const StateFiles files({});
  TlsIdentity identity(files.tls(), true);
  const SSL_CTX* before = identity.context();
  EXPECT_THROW(identity.use("/nonexistent", files.tls().key_path), std::runtime_error);
  EXPECT_EQ(identity.context(), before);
  EXPECT_EQ(identity.files().cert_path, files.tls().cert_path);
}

}  // namespace
}  // namespace sesam::simulator
