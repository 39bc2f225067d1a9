// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_proof.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sesam::n200 {
namespace {

TEST(SignatureProof, trusts_the_node_that_returned_the_public_key_alone) {
  const SignatureProof proof(1);
  EXPECT_FALSE(proof.is_proven(0));
  EXPECT_TRUE(proof.is_proven(1));
  EXPECT_EQ(proof.differing(), 0U);
}

TEST(SignatureProof, trusts_a_node_whose_signature_verified_until_one_does_not) {
  SignatureProof proof(0);
  proof.verified(1);
  EXPECT_TRUE(proof.is_proven(1));
  EXPECT_TRUE(proof.differs(1)) << "that is new";
  EXPECT_FALSE(proof.differs(1)) << "and known by now";
  EXPECT_FALSE(proof.is_proven(1));
  EXPECT_EQ(proof.differing(), node_set(1));
  proof.verified(1);
  EXPECT_TRUE(proof.is_proven(1));
  EXPECT_EQ(proof.differing(), 0U);
}

TEST(SignatureProof, knows_nothing_of_more_nodes_than_it_has_room_for) {
  SignatureProof proof(100);
  proof.verified(100);
  EXPECT_FALSE(proof.is_proven(100)) << "each signature is verified";
  proof.differs(100);
  EXPECT_EQ(proof.differing(), 0U);
}

TEST(SignatureProofs, are_one_for_all_who_use_the_same_key) {
  auto& proofs = *new SignatureProofs;  // a ProcessMutex must outlive the process
  const auto proof = proofs.of("0|hsm01|04AA", 0);
  proof->verified(1);
  EXPECT_EQ(proofs.of("0|hsm01|04AA", 5), proof);
  EXPECT_NE(proofs.of("0|hsm01|04BB", 0), proof) << "another public part is another key";
}

TEST(SignatureProofs, outlive_the_users_of_a_key) {
  auto& proofs = *new SignatureProofs;
  proofs.of("0|hsm01|04AA", 0)->verified(1);
  EXPECT_TRUE(proofs.of("0|hsm01|04AA", 0)->is_proven(1));
}

TEST(SignatureProofs, do_not_cost_more_where_more_keys_are_open_than_unused_ones_are_kept) {
  auto& proofs = *new SignatureProofs;
  std::vector<std::shared_ptr<SignatureProof>> open;
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t n = 0; n < SignatureProofs::kMaxUnused + 40'000; ++n)
    open.push_back(proofs.of(std::to_string(n), 0));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  EXPECT_EQ(proofs.of("7", 0), open[7]);
}

}  // namespace
}  // namespace sesam::n200
