// SPDX-License-Identifier: Apache-2.0
#include "store/certificate_directories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "made_certificate.h"

namespace sesam::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CertificateDirectory : public testing::Test {
 protected:
  CertificateDirectory() { std::filesystem::create_directories(path_); }
  ~CertificateDirectory() override { std::filesystem::remove_all(root_); }

  void put(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::size_t count() { return directories_.read(path_, *log_)->size(); }
  std::string log() const {
    std::stringstream text;
    text << std::ifstream(root_ / "log").rdbuf();
    return text.str();
  }
  static void wait_for_the_next_look() {
    std::this_thread::sleep_for(CertificateDirectories::kLookEvery + std::chrono::milliseconds(100));
  }

  const std::filesystem::path root_ =
      std::filesystem::path(testing::TempDir()) / ("sesam-certificates-" + std::to_string(getpid()));
  const std::filesystem::path path_ = [this] {
    std::filesystem::create_directories(root_);
    return root_ / "certificates";
  }();
  const std::shared_ptr<const Log> log_ = *Log::open(2, (root_ / "log").string());
  const ossl::Pkey key_ = new_key();
  const std::string pem_ = pem_of({"web", "web", key_.get(), key_.get()});
  CertificateDirectories directories_;
};

TEST_F(CertificateDirectory, is_read_again_after_a_change_but_not_at_once) {
  put("web.pem", pem_);
  EXPECT_EQ(count(), 1U);
  put("other.pem", pem_);
  EXPECT_EQ(count(), 1U) << "the last look is younger than kLookEvery";
  wait_for_the_next_look();
  EXPECT_EQ(count(), 2U);
  put("web.pem", pem_ + pem_);  // the directory's own timestamp does not change
  wait_for_the_next_look();
  EXPECT_EQ(count(), 3U);
}

TEST_F(CertificateDirectory, without_a_change_keeps_what_was_read) {
  put("web.pem", pem_);
  const auto first = directories_.read(path_, *log_);
  wait_for_the_next_look();
  EXPECT_EQ(directories_.read(path_, *log_), first);
}

TEST_F(CertificateDirectory, that_vanishes_leaves_what_was_read_and_one_line_in_the_log) {
  put("web.pem", pem_);
  EXPECT_EQ(count(), 1U);
  std::filesystem::remove_all(path_);
  for (int look = 0; look < 2; ++look) {
    wait_for_the_next_look();
    EXPECT_EQ(count(), 1U);
  }
  EXPECT_THAT(log(), HasSubstr("cannot be read: No such file or directory; using what was read before"));
  EXPECT_EQ(log().find('\n'), log().size() - 1);
  std::filesystem::create_directories(path_);
  wait_for_the_next_look();
  EXPECT_EQ(count(), 0U);
}

TEST_F(CertificateDirectory, that_is_not_there_has_no_certificates) {
  std::filesystem::remove_all(path_);
  EXPECT_EQ(count(), 0U);
  EXPECT_THAT(log(), HasSubstr("using no certificates"));
}

TEST_F(CertificateDirectory, with_too_many_files_or_certificates_is_read_in_part_and_the_log_says_so) {
  for (std::size_t file = 0; file <= CertificateDirectories::kMaxFiles; ++file)
    put(std::to_string(file), pem_);
  EXPECT_EQ(count(), CertificateDirectories::kMaxFiles);
  EXPECT_THAT(log(), HasSubstr("has more than 1024 files or 4096 certificates; the rest is ignored"));
}

TEST_F(CertificateDirectory, reads_at_most_so_many_certificates) {
  std::string many;
  for (int number = 0; number < 700; ++number) many += pem_;
  for (int file = 0; file < 6; ++file) put(std::to_string(file), many);
  EXPECT_EQ(count(), CertificateDirectories::kMaxCertificates);
  EXPECT_THAT(log(), HasSubstr("the rest is ignored"));
}

TEST(CertificatesIn, skip_what_cannot_be_parsed_and_every_other_kind_of_block) {
  const ossl::Pkey key = new_key();
  const std::string pem = pem_of({"web", "web", key.get(), key.get()});
  EXPECT_THAT(certificates_in(""), IsEmpty());
  EXPECT_THAT(certificates_in("-----BEGIN CERTIFICATE-----\n"), IsEmpty());
  EXPECT_THAT(certificates_in("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), IsEmpty());
  EXPECT_EQ(certificates_in("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + pem +
                            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem)
                .size(),
            2U);
}

}  // namespace
}  // namespace sesam::store
