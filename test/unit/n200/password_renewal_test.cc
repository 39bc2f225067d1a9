// SPDX-License-Identifier: Apache-2.0
#include "n200/password_renewal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

class PasswordFile {
 public:
  explicit PasswordFile(const std::string& name) : path_(testing::TempDir() + "password_renewal_" + name) {}
  ~PasswordFile() { std::filesystem::remove(path_); }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;

  // Replaces the file with a new one, so that its state differs even with a coarse clock.
  void put(const std::string& password) const {
    const std::string next = path_ + ".next";
    std::ofstream(next) << password << '\n';
    std::filesystem::permissions(next, std::filesystem::perms::owner_read);
    std::filesystem::rename(next, path_);
  }
  SecretFile described() const { return describe_secret_file(path_); }

 private:
  const std::string path_;
};

class PasswordRenewalTest : public testing::Test {
 protected:
  PasswordRenewalTest() { file_.put("A"); }
  // Acts as if the device had refused the current password.
  bool has_newer(PasswordRenewal& renewal) {
    return renewal.has_newer(passwords().newest().number, pipeline_, PasswordRenewal::Clock::now() + 1s,
                             true);
  }
  std::string_view in_use() { return passwords().newest().secret.reveal(); }
  transport::Passwords& passwords() { return pipeline_.passwords(); }

  const PasswordFile file_{"one"};
  const std::shared_ptr<const Log> log_ = *Log::open(0, "stderr");
  ScriptedPipeline pipeline_{{}};
};

TEST_F(PasswordRenewalTest, uses_each_password_that_is_put_into_the_file_also_an_earlier_one) {
  PasswordRenewal renewal(file_.described(), log_);
  for (const char* const password : {"B", "A", "B", "C", "A"}) {
    file_.put(password);
    EXPECT_TRUE(has_newer(renewal)) << password;
    EXPECT_EQ(in_use(), password);
    EXPECT_FALSE(has_newer(renewal)) << "the file has not changed";
    EXPECT_EQ(in_use(), password);
  }
}

TEST_F(PasswordRenewalTest, reads_a_file_again_that_it_could_not_read) {
  PasswordRenewal renewal(file_.described(), log_);
  file_.put("B");
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit none{0, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  EXPECT_FALSE(has_newer(renewal));
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_TRUE(has_newer(renewal));
  EXPECT_EQ(in_use(), "B");
}

TEST_F(PasswordRenewalTest, does_not_take_the_password_in_use_for_a_new_one) {
  PasswordRenewal renewal(file_.described(), log_);
  passwords().replace(Secret("A"));
  EXPECT_FALSE(has_newer(renewal));
  file_.put("A");
  EXPECT_FALSE(has_newer(renewal));
}

TEST_F(PasswordRenewalTest, comes_to_an_end_where_two_devices_have_different_files) {
  const PasswordFile other_file("two");
  other_file.put("B");
  PasswordRenewal one(file_.described(), log_), two(other_file.described(), log_);
  for (int i = 0; i < 10; ++i) {
    has_newer(one);
    has_newer(two);
  }
  EXPECT_LE(passwords().newest().number, 2U);
}

}  // namespace
}  // namespace sesam::n200
