// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace sesam {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
namespace fs = std::filesystem;

class LogFile : public testing::Test {
 protected:
  LogFile() : directory_(fs::temp_directory_path() / ("sesam-log-" + std::to_string(getpid()))) {
    fs::create_directories(directory_);
  }
  ~LogFile() override { fs::remove_all(directory_); }

  std::string path() const { return (directory_ / "log").string(); }
  std::string text() const {
    std::stringstream all;
    all << std::ifstream(path()).rdbuf();
    return all.str();
  }

  fs::path directory_;
};

TEST_F(LogFile, holds_one_printable_line_an_event_with_time_and_process) {
  const auto log = Log::open(1, path());
  ASSERT_TRUE(log);
  (*log)->write(LogLevel::failures, "something\nwent\x1b[31m \u202ewrong");
  EXPECT_THAT(text(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z sesam\\[" +
                                   std::to_string(getpid()) +
                                   "\\]: something\\\\nwent\\\\x1b\\[31m \\\\u202ewrong\n"));
}

TEST_F(LogFile, holds_what_its_level_wants) {
  const auto log = Log::open(2, path());
  ASSERT_TRUE(log);
  EXPECT_TRUE((*log)->wants(LogLevel::retries));
  EXPECT_FALSE((*log)->wants(LogLevel::connections));
  (*log)->write(LogLevel::connections, "too much");
  (*log)->write(LogLevel::retries, "just so");
  EXPECT_THAT(text(), testing::AllOf(HasSubstr("just so"), testing::Not(HasSubstr("too much"))));
}

TEST_F(LogFile, joins_the_parts_of_a_message_if_its_level_is_wanted) {
  const auto log = Log::open(2, path());
  ASSERT_TRUE(log);
  (*log)->write(LogLevel::retries, {"connected to ", std::string("device"), ", ", "HTTP/2"});
  (*log)->write(LogLevel::connections, {"too ", "much"});
  EXPECT_THAT(text(), testing::EndsWith("]: connected to device, HTTP/2\n"));
}

TEST_F(LogFile, is_json_where_that_is_wanted) {
  const auto log = Log::open(2, path(), LineFormat::json);
  ASSERT_TRUE(log);
  (*log)->write(LogLevel::retries, "\"a\"\nb");
  EXPECT_THAT(text(), testing::StartsWith("{\"time\":\"2"));
  EXPECT_THAT(text(), HasSubstr("\"pid\":" + std::to_string(getpid()) + ",\"level\":2,"));
  EXPECT_THAT(text(), testing::EndsWith(R"("message":"\"a\"\u000ab"})"
                                        "\n"));
}

TEST_F(LogFile, starts_a_line_after_one_that_was_cut_off) {
  const auto log = Log::open(1, path());
  ASSERT_TRUE(log);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit little{10, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &little);
  (*log)->write(LogLevel::failures, "cut");
  setrlimit(RLIMIT_FSIZE, &before);
  (*log)->write(LogLevel::failures, "whole");
  EXPECT_THAT(text(), MatchesRegex("[^\n]{10}\n[^\n]*1 earlier log messages[^\n]*\n[^\n]*whole\n"));
}

TEST_F(LogFile, is_not_made_at_level_0) {
  const auto log = Log::open(0, path());
  ASSERT_TRUE(log);
  EXPECT_FALSE((*log)->wants(LogLevel::failures));
  (*log)->write(LogLevel::failures, "unwanted");
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(LogFile, is_readable_by_its_owner_only) {
  const auto before = umask(0);
  ASSERT_TRUE(Log::open(1, path()));
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(LogFile, is_appended_to) {
  std::ofstream(path()) << "before\n";
  (*Log::open(1, path()))->write(LogLevel::failures, "after");
  EXPECT_THAT(text(), testing::StartsWith("before\n"));
  EXPECT_THAT(text(), HasSubstr("after"));
}

TEST_F(LogFile, is_not_a_symbolic_link) {
  const auto target = directory_ / "target";
  std::ofstream(target) << "";
  fs::create_symlink(target, path());
  const auto log = Log::open(1, path());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().reason, Reason::bad_configuration);
  EXPECT_THAT(log.error().detail,
              testing::AllOf(HasSubstr("log_output = " + path()), HasSubstr("symbolic links"),
                             HasSubstr("stderr, syslog or a path")));
}

TEST_F(LogFile, that_cannot_be_opened_is_named_with_the_systems_words) {
  const auto log = Log::open(1, (directory_ / "no" / "such").string());
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().detail, HasSubstr("No such file or directory"));
}

TEST_F(LogFile, that_is_a_fifo_without_a_reader_does_not_hang) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_FALSE(Log::open(1, path()));
}

// A daemon closes all descriptors and then opens a file, which gets the log's descriptor number.
TEST_F(LogFile, is_never_written_into_another_file_with_its_descriptor) {
  const int next = ::open("/dev/null", O_RDONLY);
  ::close(next);
  const auto log = Log::open(1, path());
  ASSERT_TRUE(log);
  const auto other = directory_ / "other";
  ::close(next);
  const int reused = ::open(other.c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_EQ(reused, next);
  (*log)->write(LogLevel::failures, "astray");
  EXPECT_EQ(fs::file_size(other), 0U);
  ::close(reused);
}

constexpr std::chrono::milliseconds kLongerThanAPauseBetweenLooks{1100};

TEST_F(LogFile, that_was_renamed_is_opened_again) {
  const auto log = Log::open(1, path());
  (*log)->write(LogLevel::failures, "first");
  fs::rename(path(), path() + ".1");
  (*log)->write(LogLevel::failures, "at once");
  std::this_thread::sleep_for(kLongerThanAPauseBetweenLooks);
  (*log)->write(LogLevel::failures, "second");
  EXPECT_THAT(text(), testing::AllOf(HasSubstr("second"), testing::Not(HasSubstr("first"))));
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::rename(path() + ".1", path());
  EXPECT_THAT(text(), testing::AllOf(HasSubstr("first"), HasSubstr("at once")));
}

TEST_F(LogFile, that_was_replaced_loses_no_line_of_many_threads) {
  const auto log = Log::open(1, path());
  std::vector<std::thread> threads;
  std::atomic<int> written = 0, rounds = 0;
  std::atomic<bool> ended = false;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (; !ended; ++written) (*log)->write(LogLevel::failures, "a line");
    });
  std::string all;
  for (; rounds < 3; ++rounds) {
    std::this_thread::sleep_for(kLongerThanAPauseBetweenLooks);
    fs::rename(path(), path() + std::to_string(rounds));
  }
  std::this_thread::sleep_for(kLongerThanAPauseBetweenLooks);
  ended = true;
  for (auto& thread : threads) thread.join();
  std::size_t lines = 0;
  for (const auto& file : fs::directory_iterator(directory_)) {
    std::ifstream stream(file.path());
    for (std::string line; std::getline(stream, line); ++lines) EXPECT_THAT(line, HasSubstr(": a line"));
  }
  EXPECT_EQ(lines, static_cast<std::size_t>(written));
  EXPECT_TRUE(fs::exists(path()));
}

TEST_F(LogFile, is_not_followed_through_a_symbolic_link) {
  const auto log = Log::open(1, path());
  fs::rename(path(), path() + ".1");
  fs::create_symlink(directory_ / "elsewhere", path());
  (*log)->write(LogLevel::failures, "kept");
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
  fs::remove(path());
  fs::rename(path() + ".1", path());
  EXPECT_THAT(text(), HasSubstr("kept"));
}

TEST_F(LogFile, is_kept_in_another_root_directory) {
  if (geteuid() != 0) GTEST_SKIP() << "chroot(2) is root's";
  const auto log = Log::open(1, path());
  fs::create_directories(directory_ / directory_.relative_path());
  const pid_t child = fork();
  if (child == 0) {
    if (chroot(directory_.c_str()) != 0) _exit(1);
    (*log)->write(LogLevel::failures, "from inside");
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_THAT(text(), HasSubstr("from inside"));
  EXPECT_TRUE(fs::is_empty(directory_ / directory_.relative_path()));
}

TEST_F(LogFile, that_is_a_fifo_survives_the_end_of_its_reader) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  int reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const auto log = Log::open(1, path());
  ASSERT_TRUE(log);
  ::close(reader);
  (*log)->write(LogLevel::failures, "nobody reads this");  // SIGPIPE would end the process
  reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  (*log)->write(LogLevel::failures, "back again");
  std::string read(500, ' ');
  EXPECT_GT(::read(reader, read.data(), read.size()), 0);
  EXPECT_THAT(read,
              testing::AllOf(HasSubstr("1 earlier log messages were dropped"), HasSubstr("back again")));
  ::close(reader);
}

TEST_F(LogFile, that_may_not_grow_costs_lines) {
  const auto log = Log::open(1, path());
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  for (int i = 0; i < 10; ++i) (*log)->write(LogLevel::failures, "SIGXFSZ would end the process");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(fs::file_size(path()), 100U);
  (*log)->write(LogLevel::failures, "more");
  EXPECT_THAT(text(), HasSubstr("earlier log messages were dropped"));
}

TEST(Log, goes_to_stderr_where_that_is_wanted) {
  testing::internal::CaptureStderr();
  (*Log::open(1, "stderr"))->write(LogLevel::failures, "to stderr");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("to stderr"));
}

// In a program without standard streams, descriptor 2 can be a connection.
TEST(Log, on_stderr_waits_for_no_reader) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const int before = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  const auto log = Log::open(1, "stderr");
  for (int i = 0; i < 10'000; ++i) (*log)->write(LogLevel::failures, "nobody reads this line");
  dup2(before, STDERR_FILENO);
  close(before);
  close(ends[1]);
  std::string first(64, ' ');
  EXPECT_GT(read(ends[0], first.data(), first.size()), 0);
  EXPECT_THAT(first, HasSubstr("nobody reads"));
  close(ends[0]);
}

TEST(Log, on_stderr_is_never_written_into_a_socket_that_took_its_place) {
  const auto log = Log::open(1, "stderr");
  ASSERT_TRUE(log);
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const int kept = dup(STDERR_FILENO);
  ASSERT_NE(dup2(pair[0], STDERR_FILENO), -1);
  (*log)->write(LogLevel::failures, "astray");
  (*Log::open(1, "stderr"))->write(LogLevel::failures, "to a socket that was there before");
  ASSERT_NE(dup2(kept, STDERR_FILENO), -1);
  char read[200];
  const auto length = recv(pair[1], read, sizeof read, MSG_DONTWAIT);
  ASSERT_GT(length, 0);
  EXPECT_THAT(std::string(read, static_cast<std::size_t>(length)),
              testing::AllOf(testing::Not(HasSubstr("astray")), HasSubstr("that was there before")));
  for (const int fd : {pair[0], pair[1], kept}) ::close(fd);
}

TEST(Log, to_syslog_can_be_written) { (*Log::open(10, "syslog"))->write(LogLevel::everything, "100 %s %n"); }

TEST(Log, is_opened_again_where_the_program_closed_its_descriptor) {
  const std::string path = testing::TempDir() + std::to_string(::getpid()) + "closed.log";
  const auto log = *Log::open(1, path);
  log->write(LogLevel::failures, "before");
  const int lowest = ::open("/dev/null", O_RDONLY);
  for (int fd = 3; fd < lowest + 8; ++fd) ::close(fd);  // as daemons do
  const int foreign = ::open((path + ".foreign").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  std::this_thread::sleep_for(std::chrono::milliseconds(1050));  // the file is checked once a second
  log->write(LogLevel::failures, "after");
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_NE(text.find("before"), text.npos);
  EXPECT_NE(text.find("after"), text.npos);
  struct stat status {};
  EXPECT_EQ(::fstat(foreign, &status), 0);
  EXPECT_EQ(status.st_size, 0);
  ::close(foreign);
}

}  // namespace
}  // namespace sesam
