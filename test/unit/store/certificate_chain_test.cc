// SPDX-License-Identifier: Apache-2.0
#include "store/certificate_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_certificate.h"

namespace sesam::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Chain : public testing::Test {
 protected:
  // Adds a certificate to all_ and returns its DER form.
  Bytes add(const Made& made) {
    auto found = certificates_in(pem_of(made));
    EXPECT_EQ(found.size(), 1U);
    all_.push_back(found.front());
    return found.front().der;
  }
  CertificateList chain() const { return chain_of(leaf_.get(), all_, std::time(nullptr)); }

  const ossl::Pkey leaf_ = new_key(), one_ = new_key(), two_ = new_key();
  Certificates all_;
};

TEST_F(Chain, goes_from_the_keys_certificate_to_the_root_whatever_the_order) {
  const Bytes root = add({.subject = "root", .issuer = "root", .key = two_.get(), .signer = two_.get()});
  const Bytes leaf =
      add({.subject = "web", .issuer = "ca", .key = leaf_.get(), .signer = one_.get(), .is_ca = false});
  const Bytes ca = add({.subject = "ca", .issuer = "root", .key = one_.get(), .signer = two_.get()});
  EXPECT_THAT(chain(), ElementsAre(leaf, ca, root));
}

TEST_F(Chain, of_a_key_without_a_certificate_is_empty) {
  add({.subject = "root", .issuer = "root", .key = two_.get(), .signer = two_.get()});
  EXPECT_THAT(chain(), IsEmpty());
}

TEST_F(Chain, begins_with_the_newest_certificate_that_is_valid) {
  const auto self = [&](long from, long until) {
    return Made{"web", "web", leaf_.get(), leaf_.get(), from, until};
  };
  add(self(-7200, 3600));
  const Bytes newest = add(self(-1800, 3600));
  add(self(-3600, 360000));
  add(self(-900, -300));   // expired
  add(self(900, 360000));  // not valid yet
  EXPECT_THAT(chain(), ElementsAre(newest));
}

TEST_F(Chain, begins_with_the_newest_certificate_if_none_is_valid) {
  add({"web", "web", leaf_.get(), leaf_.get(), -7200, -3600});
  const Bytes newest = add({"web", "web", leaf_.get(), leaf_.get(), -3600, -1800});
  EXPECT_THAT(chain(), ElementsAre(newest));
}

TEST_F(Chain, takes_an_issuer_by_its_signature_and_not_by_its_name_alone) {
  const Bytes leaf =
      add({.subject = "web", .issuer = "ca", .key = leaf_.get(), .signer = one_.get(), .is_ca = false});
  add({.subject = "ca", .issuer = "ca", .key = two_.get(), .signer = two_.get()});
  EXPECT_THAT(chain(), ElementsAre(leaf));
  const Bytes ca = add({.subject = "CA", .issuer = "ca", .key = one_.get(), .signer = one_.get()});
  EXPECT_THAT(chain(), ElementsAre(leaf, ca)) << "names are compared without case, as OpenSSL does";
}

TEST_F(Chain, ends_where_certificates_are_in_a_loop) {
  const Bytes leaf =
      add({.subject = "web", .issuer = "one", .key = leaf_.get(), .signer = one_.get(), .is_ca = false});
  const Bytes one = add({.subject = "one", .issuer = "two", .key = one_.get(), .signer = two_.get()});
  const Bytes two = add({.subject = "two", .issuer = "one", .key = two_.get(), .signer = one_.get()});
  EXPECT_THAT(chain(), ElementsAre(leaf, one, two));
}

TEST_F(Chain, leaves_a_loop_by_another_certificate_of_an_issuer_in_it) {
  const Bytes leaf =
      add({.subject = "web", .issuer = "one", .key = leaf_.get(), .signer = one_.get(), .is_ca = false});
  const Bytes one = add({.subject = "one", .issuer = "two", .key = one_.get(), .signer = two_.get()});
  const Bytes two = add({.subject = "two", .issuer = "one", .key = two_.get(), .signer = one_.get()});
  const Bytes older_root = add({"one", "one", one_.get(), one_.get(), -7200, 3600});
  EXPECT_THAT(chain(), ElementsAre(leaf, one, two, older_root));
}

TEST_F(Chain, has_a_certificate_once_that_is_in_two_files) {
  const Made made{"web", "web", leaf_.get(), leaf_.get()};
  const std::string pem = pem_of(made);
  all_ = certificates_in(pem + "something else\n" + pem);
  ASSERT_EQ(all_.size(), 2U);
  EXPECT_EQ(chain().size(), 1U);
  EXPECT_EQ(with_subject({}, all_).size(), 1U);
}

TEST_F(Chain, is_searched_by_subject_with_all_certificates_of_the_key) {
  const Bytes old = add({"old", "ca", leaf_.get(), one_.get(), -7200, 3600, false});
  const Bytes web = add({"web", "ca", leaf_.get(), one_.get(), -3600, 3600, false});
  const Bytes ca = add({.subject = "ca", .issuer = "ca", .key = one_.get(), .signer = one_.get()});
  add({.subject = "other", .issuer = "other", .key = two_.get(), .signer = two_.get()});
  const auto found = [&](std::size_t number) {
    return chain_of_with_subject(leaf_.get(), all_[number].subject, all_, std::time(nullptr));
  };
  EXPECT_THAT(found(0), ElementsAre(old));
  EXPECT_THAT(found(1), ElementsAre(web));
  EXPECT_THAT(found(2), ElementsAre(ca));
  EXPECT_THAT(found(3), IsEmpty());
  EXPECT_EQ(with_subject(all_[3].subject, all_).size(), 1U);
  EXPECT_THAT(with_subject(std::vector<unsigned char>{0x30, 0x80}, all_), IsEmpty()) << "not a name";
}

TEST(Identity, is_that_of_the_public_key_and_empty_for_types_that_the_device_does_not_have) {
  const ossl::Pkey one = new_key(), other = new_key();
  const ossl::Pkey rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  const ossl::Pkey edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_EQ(identity_of(one.get()), identity_of(one.get()));
  EXPECT_NE(identity_of(one.get()), identity_of(other.get()));
  EXPECT_NE(identity_of(rsa.get()), "");
  EXPECT_EQ(identity_of(edwards.get()), "");
}

}  // namespace
}  // namespace sesam::store
