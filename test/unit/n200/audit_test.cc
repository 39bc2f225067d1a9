// SPDX-License-Identifier: Apache-2.0
#include "n200/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "../base/syslog_daemon.h"
#include "metrics/counts.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
namespace fs = std::filesystem;

class TheAudit : public testing::Test {
 protected:
  TheAudit() : directory_(fs::temp_directory_path() / ("sesam-audit-" + std::to_string(getpid()))) {
    fs::create_directories(directory_);
    options_.output = path();
  }
  ~TheAudit() override { fs::remove_all(directory_); }

  std::string path() const { return (directory_ / "audit").string(); }
  std::string text_in(const std::string& path) const {
    std::stringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }
  std::string text() const { return text_in(path()); }
  std::string log_text() const { return text_in((directory_ / "log").string()); }
  std::shared_ptr<const Audit> open() const {
    return *Audit::open(options_, "dns", *Log::open(1, (directory_ / "log").string()));
  }
  AuditRecord record() const {
    return {.event = "sign",
            .key_id = "hsm1",
            .nice_name = "zone ksk",
            .core = 2,
            .scheme = "ECDSA SHA256",
            .digest = digest_,
            .node = "https://a",
            .duration = 1500us};
  }

  const unsigned char digest_[2] = {0xAB, 0x01};
  fs::path directory_;
  AuditOptions options_;
};

TEST_F(TheAudit, is_one_line_with_stable_fields) {
  EXPECT_TRUE(open()->write(record()));
  EXPECT_THAT(text(),
              MatchesRegex("time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z event=sign result=ok "
                           "program=[a-z0-9_-]+ pid=" +
                           std::to_string(getpid()) + " uid=" + std::to_string(geteuid()) +
                           " user=dns key_id=hsm1 nice_name=\"zone ksk\" core=2 scheme=\"ECDSA SHA256\" "
                           "node=https://a duration_ms=1\\.500\n"));
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(TheAudit, has_digests_where_they_are_wanted_and_names_what_failed) {
  options_.has_digests = true;
  AuditRecord failed = record();
  failed.result = Reason::wrong_pin;
  EXPECT_TRUE(open()->write(failed));
  EXPECT_THAT(text(), HasSubstr(" event=sign result=wrong_pin "));
  EXPECT_THAT(text(), HasSubstr(" digest=AB01 "));
}

TEST_F(TheAudit, is_json_where_that_is_wanted) {
  options_.format = LineFormat::json;
  EXPECT_TRUE(open()->write(record()));
  EXPECT_THAT(text(), testing::StartsWith("{\"time\":\""));
  EXPECT_THAT(text(), HasSubstr(",\"nice_name\":\"zone ksk\",\"core\":2,"));
  EXPECT_THAT(text(), EndsWith(",\"duration_ms\":1.500}\n"));
}

TEST_F(TheAudit, is_none_without_an_output) {
  options_.output.clear();
  EXPECT_EQ(open(), nullptr);
}

TEST_F(TheAudit, does_not_stop_what_it_cannot_record_but_logs_and_counts_it) {
  options_.output = (directory_ / "later" / "audit").string();
  const auto audit = open();
  ASSERT_NE(audit, nullptr);
  const auto before = metrics::counts().audit_failures.get();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(audit->write(record()));
  EXPECT_EQ(metrics::counts().audit_failures.get(), before + 3);
  EXPECT_THAT(log_text(), MatchesRegex("[^\n]*later/audit: No such file[^\n]*continue without[^\n]*once\n"));
}

TEST_F(TheAudit, says_how_many_records_are_lost_once_it_can_be_written) {
  options_.output = (directory_ / "later" / "audit").string();
  const auto audit = open();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(audit->write(record()));
  fs::create_directories(directory_ / "later");
  usleep(1'100'000);  // the file is checked once a second
  EXPECT_TRUE(audit->write(record()));
  const std::string text = text_in(options_.output);
  EXPECT_THAT(text, HasSubstr("event=lost result=audit_failed "));
  EXPECT_THAT(text, HasSubstr(" count=3 lost_pid=" + std::to_string(getpid()) + "\ntime="));
}

TEST_F(TheAudit, that_is_required_stops_what_it_cannot_record) {
  options_.is_required = true;
  const auto audit = open();
  EXPECT_TRUE(audit->check());
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{10, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const auto written = audit->write(record());
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::audit_failed);
  EXPECT_TRUE(audit->write(record()));
  EXPECT_THAT(text(),
              MatchesRegex(
                  "[^\n]{10}\ntime=[^\n]* event=lost [^\n]* count=1 [^\n]*\ntime=[^\n]* event=sign [^\n]*\n"))
      << "what was cut off has a line of its own";
}

TEST_F(TheAudit, that_is_required_must_be_open_before_anything_is_sent) {
  options_.is_required = true;
  options_.output = (directory_ / "none" / "audit").string();
  const auto audit = Audit::open(options_, "dns", *Log::open(0, "stderr"));
  ASSERT_FALSE(audit);
  EXPECT_EQ(audit.error().reason, Reason::bad_configuration);
  EXPECT_THAT(audit.error().detail, HasSubstr("none/audit: No such file"));
}

// Writes to /dev/full fail as on a full disk.
TEST_F(TheAudit, that_is_required_is_tried_before_anything_is_sent_again) {
  options_.is_required = true;
  options_.output = "/dev/full";
  const auto audit = open();
  EXPECT_TRUE(audit->check());
  ASSERT_FALSE(audit->write(record()));
  for (int i = 0; i < 2; ++i) {
    const auto checked = audit->check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().reason, Reason::audit_failed);
    EXPECT_THAT(checked.error().detail,
                EndsWith("/dev/full: No space left on device; nothing was sent to the device"));
  }
}

TEST_F(TheAudit, that_is_required_goes_on_once_it_can_say_what_is_missing) {
  options_.is_required = true;
  const auto audit = open();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  const auto written = audit->write(record());
  const auto checked = audit->check();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(written);
  EXPECT_FALSE(checked);
  EXPECT_TRUE(audit->check());
  EXPECT_THAT(text(), MatchesRegex("time=[^\n]* event=lost [^\n]* count=1 [^\n]*\n"));
  EXPECT_TRUE(audit->check());
  EXPECT_TRUE(audit->write(record()));
  EXPECT_THAT(text(),
              MatchesRegex("time=[^\n]* event=lost [^\n]* count=1 [^\n]*\ntime=[^\n]* event=sign [^\n]*\n"));
}

// A child may be forked at any time, also while another thread writes the record of what is lost.
TEST_F(TheAudit, that_is_required_goes_on_in_a_child_once_it_can_be_written) {
  options_.is_required = true;
  const auto audit = open();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &none);
  int refused = 0;
  {
    std::jthread writer([&](std::stop_token stop) {
      while (!stop.stop_requested()) static_cast<void>(audit->write(record()));
    });
    while (audit->check()) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        setrlimit(RLIMIT_FSIZE, &before);
        _exit(audit->check() ? 0 : 1);
      }
      int status = -1;
      waitpid(child, &status, 0);
      if (status != 0) ++refused;
    }
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(refused, 0);
}

TEST_F(TheAudit, that_is_required_does_not_go_into_a_file_that_was_replaced) {
  options_.is_required = true;
  const auto audit = open();
  fs::rename(path(), path() + ".1");
  fs::create_directory(path());
  const auto checked = audit->check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().reason, Reason::audit_failed);
  EXPECT_THAT(checked.error().detail, HasSubstr("audit: Is a directory; the file was renamed or removed"));
  EXPECT_FALSE(audit->write(record()));
  fs::remove(path());
  usleep(1'100'000);
  EXPECT_TRUE(audit->check());
  EXPECT_TRUE(audit->write(record()));
  EXPECT_THAT(text(), HasSubstr(" count=1 lost_pid=" + std::to_string(getpid()) + "\ntime="));
}

TEST_F(TheAudit, counts_and_logs_once_that_its_file_was_replaced) {
  const auto audit = open();
  fs::rename(path(), path() + ".1");
  fs::create_directory(path());
  const auto before = metrics::counts().audit_failures.get();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(audit->write(record()));
  EXPECT_EQ(metrics::counts().audit_failures.get(), before + 3);
  EXPECT_THAT(log_text(), MatchesRegex("[^\n]*audit: Is a directory; the file was renamed[^\n]*once\n"));
  EXPECT_THAT(text_in(path() + ".1"), MatchesRegex("([^\n]* event=sign [^\n]*\n){3}"))
      << "rather than nowhere";
}

TEST_F(TheAudit, on_syslog_knows_what_is_lost) {
  options_.output = "syslog";
  const std::string path = directory_ / "syslog";
  const auto audit = *Audit::open(options_, "dns", *Log::open(0, "stderr"), path);
  const auto before = metrics::counts().audit_failures.get();
  EXPECT_TRUE(audit->write(record()));
  EXPECT_EQ(metrics::counts().audit_failures.get(), before + 1);
  const SyslogDaemon daemon(path);
  EXPECT_TRUE(audit->write(record()));
  EXPECT_THAT(
      daemon.read(),
      MatchesRegex("<86>[^ ]*\\[[0-9]+\\]: sesam: time=[^\n]* event=lost [^\n]* count=1 lost_pid=[0-9]+"));
  EXPECT_THAT(daemon.read(),
              MatchesRegex("<86>[^ ]*\\[[0-9]+\\]: sesam: time=[^\n]* event=sign [^\n]*=1\\.500"));
}

TEST_F(TheAudit, follows_a_rotation) {
  const auto audit = open();
  EXPECT_TRUE(audit->write(record()));
  fs::rename(path(), path() + ".1");
  usleep(1'100'000);
  EXPECT_TRUE(audit->write(record()));
  EXPECT_THAT(text(), HasSubstr("event=sign"));
}

TEST_F(TheAudit, forges_no_line_for_a_key_with_a_strange_name) {
  AuditRecord strange = record();
  strange.nice_name = "x\ntime=now event=delete \x1b[2J";
  EXPECT_TRUE(open()->write(strange));
  const std::string line = text();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, HasSubstr(R"(nice_name="x\u000atime=now event=delete \u001b[2J")"));
}

}  // namespace
}  // namespace sesam::n200
