// SPDX-License-Identifier: Apache-2.0
#include "store/certificate.h"

#include <gtest/gtest.h>

#include <chrono>

#include "made_certificate.h"

namespace sesam::store {
namespace {

using std::chrono::steady_clock;

const std::string kBegin = "-----BEGIN CERTIFICATE-----\n", kEnd = "-----END CERTIFICATE-----\n";

std::string some_certificate() {
  const ossl::Pkey key = new_key();
  return pem_of({"web", "web", key.get(), key.get()});
}

TEST(CertificatesIn, finds_what_follows_a_truncated_certificate) {
  const std::string whole = some_certificate();
  EXPECT_EQ(certificates_in(whole + whole.substr(0, whole.size() / 2) + "\n" + whole).size(), 2U);
  EXPECT_EQ(certificates_in("x" + whole + "\n\xFF" + kEnd + whole + kBegin).size(), 2U);
}

TEST(CertificatesIn, takes_no_longer_for_many_beginnings) {
  std::string text;
  for (int i = 0; i < 37'000; ++i) text += kBegin;
  const auto started = steady_clock::now();
  EXPECT_EQ(certificates_in(text + kEnd + some_certificate()).size(), 1U);
  EXPECT_LT(steady_clock::now() - started, std::chrono::seconds(5)) << "each was parsed up to the end";
}

}  // namespace
}  // namespace sesam::store
