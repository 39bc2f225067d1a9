// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syslog.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/syslog_socket.h"
#include "hung_children.h"
#include "syslog_daemon.h"

namespace sesam {
namespace {

using std::chrono::steady_clock;
using testing::EndsWith;
using testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Syslog : public testing::Test {
 protected:
  Syslog() { fs::create_directories(directory_); }
  ~Syslog() override { fs::remove_all(directory_); }

  std::shared_ptr<const Log> open() const { return *Log::open(10, "syslog", LineFormat::text, path_); }
  // Writes until the daemon's queue is full.
  void stall(const Log& log) const {
    for (int i = 0; i < 1000; ++i) log.write(LogLevel::failures, "nobody reads this");
  }

  const fs::path directory_ = fs::temp_directory_path() / ("sesam-syslog-" + std::to_string(getpid()));
  const std::string path_ = directory_ / "log";
};

TEST_F(Syslog, gets_one_printable_message_an_event) {
  const SyslogDaemon daemon(path_);
  const auto log = open();
  const std::string sender =
      std::string(program_invocation_short_name) + "[" + std::to_string(getpid()) + "]";
  log->write(LogLevel::failures, "100 %s\n%n");
  log->write(LogLevel::retries, "b");
  log->write(LogLevel::requests, "c");
  EXPECT_EQ(daemon.read(),
            "<" + std::to_string(LOG_DAEMON | LOG_ERR) + ">" + sender + ": sesam: 100 %s\\n%n");
  EXPECT_EQ(daemon.read(), "<" + std::to_string(LOG_DAEMON | LOG_NOTICE) + ">" + sender + ": sesam: b");
  EXPECT_EQ(daemon.read(), "<" + std::to_string(LOG_DAEMON | LOG_DEBUG) + ">" + sender + ": sesam: c");
}

TEST_F(Syslog, that_has_stalled_delays_one_line_a_little_and_is_told_how_many_were_dropped) {
  const SyslogDaemon daemon(path_);
  const auto log = open();
  const auto begin = steady_clock::now();
  stall(*log);
  EXPECT_LT(steady_clock::now() - begin, 3s);
  int before = 0;
  while (!daemon.read().empty()) ++before;
  log->write(LogLevel::failures, "it reads again");
  EXPECT_THAT(daemon.read(), EndsWith(std::to_string(1000 - before) + " earlier log messages were dropped"));
  EXPECT_THAT(daemon.read(), EndsWith("it reads again"));
}

// The queue of a daemon is short, 10 messages on many kernels, and threads write faster than it is read. The
// repeated attempts allow for slow machines.
TEST_F(Syslog, that_is_busy_is_waited_for) {
  const SyslogDaemon daemon(path_);
  const auto log = open();
  const int other = open_syslog(path_);
  bool has_arrived = false;
  for (int attempt = 0; attempt < 10 && !has_arrived; ++attempt) {
    while (send_syslog(other, "other", 0ms) == 0) {
    }
    std::thread writer([&] { log->write(LogLevel::failures, "waits"); });
    std::this_thread::sleep_for(10ms);
    const auto drain = [&] {
      for (std::string read = daemon.read(); !read.empty(); read = daemon.read())
        has_arrived = has_arrived || read.ends_with(": sesam: waits");
    };
    drain();
    writer.join();
    drain();
  }
  EXPECT_TRUE(has_arrived);
  ::close(other);
}

TEST_F(Syslog, may_start_later_and_be_restarted) {
  const auto log = open();
  log->write(LogLevel::failures, "too early");
  {
    const SyslogDaemon daemon(path_);
    log->write(LogLevel::failures, "started");
    EXPECT_THAT(daemon.read(), HasSubstr("1 earlier log messages were dropped"));
    EXPECT_THAT(daemon.read(), HasSubstr("started"));
  }
  const SyslogDaemon daemon(path_);
  log->write(LogLevel::failures, "restarted");
  EXPECT_THAT(daemon.read(), HasSubstr("restarted"));
}

TEST_F(Syslog, that_has_stalled_can_be_replaced_by_another_daemon) {
  std::optional<SyslogDaemon> stalled(path_);
  const auto log = open();
  stall(*log);
  const SyslogDaemon daemon(path_);
  log->write(LogLevel::failures, "to the new daemon");
  EXPECT_THAT(daemon.read(), HasSubstr("earlier log messages were dropped"));
  EXPECT_THAT(daemon.read(), HasSubstr("to the new daemon"));
}

TEST_F(Syslog, is_connected_before_the_program_changes_its_root_directory) {
  if (geteuid() != 0) GTEST_SKIP() << "chroot(2) is root's";
  const SyslogDaemon daemon(path_);
  const auto log = open();
  fs::create_directories(directory_ / "jail");
  const pid_t child = fork();
  if (child == 0) {
    if (chroot((directory_ / "jail").c_str()) != 0 || setuid(65534) != 0) _exit(1);
    log->write(LogLevel::failures, "from inside");
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_THAT(daemon.read(), HasSubstr("from inside"));
}

TEST_F(Syslog, is_connected_again_if_the_program_closed_the_descriptor) {
  const SyslogDaemon daemon(path_);
  const int next = ::open("/dev/null", O_RDONLY);
  ::close(next);
  const auto log = open();
  log->write(LogLevel::failures, "before");
  ::close(next);
  int foreign[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, foreign), 0);
  ASSERT_EQ(foreign[0], next);
  log->write(LogLevel::failures, "after");
  EXPECT_THAT(daemon.read(), HasSubstr("before"));
  EXPECT_THAT(daemon.read(), HasSubstr("after"));
  char byte;
  EXPECT_EQ(recv(foreign[1], &byte, 1, MSG_DONTWAIT), -1) << "the program's own socket gets nothing";
  for (const int fd : foreign) ::close(fd);
}

// In many C libraries, syslog(3) and the conversion of times use locks.
TEST_F(Syslog, works_in_a_child_of_a_process_whose_threads_write) {
  const SyslogDaemon daemon(path_);
  const auto syslog = open();
  const auto file = *Log::open(1, (directory_ / "file").string());
  const auto write = [&](const char* line) {
    for (const auto* log : {&syslog, &file}) (*log)->write(LogLevel::failures, line);
  };
  EXPECT_EQ(hung_children(
                200, [&] { write("parent"); }, [&] { write("child"); }),
            0);
}

}  // namespace
}  // namespace sesam
