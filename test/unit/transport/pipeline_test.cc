// SPDX-License-Identifier: Apache-2.0
// The engine with a driver that has no network: its guarantees for
// any driver. test/unit/transport_curl has the same with libcurl.
#include "transport/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "fake_driver.h"
#include "transport/process_life.h"

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A driver must never be destroyed, as its pipelines may last until the process ends.
FakeDriver& answering() {
  static FakeDriver driver([](Call& call) {
    call.failure = Failure::none;
    call.status = 200;
    call.reply = std::string(call.path.reveal()) + "|" + std::string(call.body.data(), call.body.size());
    return true;
  });
  return driver;
}

FakeDriver& silent() {
  static FakeDriver driver([](Call&) { return false; });
  return driver;
}

std::shared_ptr<Pipeline> pipeline_with(const Driver& driver, std::string url = "https://one",
                                        int log_level = 0) {
  Options options;
  options.urls = {std::move(url)};
  return Pipeline::for_options(std::move(options), *Log::open(log_level, "stderr"), driver);
}

Request request(std::string_view body, Clock::duration patience = 10s) {
  Request made;
  made.path = "/sign";
  made.body = body;
  made.deadline = Clock::now() + patience;
  return made;
}

TEST(Pipeline, is_one_for_equal_options_logs_and_drivers) {
  const auto first = pipeline_with(answering());
  EXPECT_EQ(first, pipeline_with(answering()));
  EXPECT_NE(first, pipeline_with(silent()));
  EXPECT_NE(first, pipeline_with(answering(), "https://two"));
  EXPECT_NE(first, pipeline_with(answering(), "https://one", 1));
}

TEST(Pipeline, returns_the_reply_of_its_driver_to_each_of_many_threads) {
  const auto pipeline = pipeline_with(answering(), "https://many");
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&, i] {
      for (int j = 0; j < 200; ++j) {
        const std::string body = std::to_string(i) + "." + std::to_string(j);
        const Reply reply = pipeline->perform(request(body));
        if (reply.failure != Failure::none || std::string_view(reply.body) != "/sign|" + body) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Pipeline, starts_no_thread_where_its_driver_refuses_the_options) {
  static FakeDriver refusing([](Call&) { return false; });
  refusing.refusal = {Failure::bad_client_certificate, "it is encrypted"};
  const Reply reply = pipeline_with(refusing)->perform(request("x"));
  EXPECT_EQ(reply.failure, Failure::bad_client_certificate);
  EXPECT_EQ(reply.message, "it is encrypted");
  EXPECT_FALSE(reply.may_have_acted);
  EXPECT_EQ(refusing.runs, 0);
}

TEST(Pipeline, leaves_a_silent_driver_at_the_deadline) {
  for (const bool repeatable : {false, true}) {
    const auto start = Clock::now();
    Request wanted = request("x", 200ms);
    wanted.repeatable = repeatable;
    const Reply reply = pipeline_with(silent())->perform(wanted);
    EXPECT_EQ(reply.failure, Failure::queue_timed_out);
    EXPECT_THAT(reply.message, HasSubstr("the thread that makes the requests has not begun it"));
    EXPECT_EQ(reply.may_have_acted, !repeatable) << "the driver may only be slow";
    EXPECT_GE(Clock::now() - start, 200ms);
    EXPECT_LT(Clock::now() - start, 5s);
  }
}

TEST(Pipeline, cannot_say_whether_what_was_sent_had_an_effect) {
  static FakeDriver sending([](Call& call) {
    call.sent.store(true);
    return false;
  });
  const Reply reply = pipeline_with(sending)->perform(request("x", 200ms));
  EXPECT_EQ(reply.failure, Failure::timed_out);
  EXPECT_TRUE(reply.may_have_acted);
}

TEST(Pipeline, starts_its_driver_again_after_it_ran_out_of_memory) {
  static FakeDriver forgetful([](Call& call) {
    call.failure = Failure::none;
    return true;
  });
  forgetful.out_of_memory = true;
  const auto pipeline = pipeline_with(forgetful);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pipeline->perform(request("x")).failure, Failure::out_of_memory);
  forgetful.out_of_memory = false;
  EXPECT_EQ(pipeline->perform(request("x")).failure, Failure::none);
  EXPECT_GE(forgetful.runs, 2);
}

TEST(Pipeline, fails_what_waits_when_it_is_stopped_and_goes_on_with_the_next_request) {
  static std::atomic<bool> is_silent{true};
  static FakeDriver driver([](Call& call) {
    call.failure = Failure::none;
    return !is_silent;
  });
  const auto pipeline = pipeline_with(driver);
  Reply reply;
  std::thread caller([&] { reply = pipeline->perform(request("x")); });
  while (driver.runs == 0) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(50ms);
  stop_all(Stop::until_next_use);
  caller.join();
  EXPECT_EQ(reply.failure, Failure::stopped);
  is_silent = false;
  EXPECT_EQ(pipeline->perform(request("x")).failure, Failure::none);
}

// The caller redacts secrets that the peer quotes, and logs the message then.
TEST(Pipeline, does_not_log_what_the_peer_says) {
  static std::atomic<Failure> failure{Failure::certificate_not_trusted};
  static FakeDriver driver([](Call& call) {
    call.failure = failure;
    call.message = "its words";
    return true;
  });
  const std::string path = testing::TempDir() + "does_not_log_what_the_peer_says";
  std::filesystem::remove(path);
  Options options;
  options.urls = {"https://quoting"};
  const auto pipeline = Pipeline::for_options(std::move(options), *Log::open(5, path), driver);
  const auto log = [&] {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  for (const auto one : {Failure::certificate_not_trusted, Failure::certificate_outdated,
                         Failure::host_name_mismatch, Failure::client_rejected, Failure::tls_failed,
                         Failure::connection_lost, Failure::malformed, Failure::other}) {
    failure = one;
    EXPECT_EQ(pipeline->perform(request("x")).message, "its words");
  }
  EXPECT_NE(log().find("the certificate is not trusted, "), std::string::npos) << log();
  EXPECT_EQ(log().find("its words"), std::string::npos) << log();
  failure = Failure::cannot_resolve;
  pipeline->perform(request("x"));
  EXPECT_NE(log().find("its words"), std::string::npos) << log();
  std::filesystem::remove(path);
}

TEST(Pipeline, reports_the_health_of_a_server_that_it_probes) {
  static std::atomic<int> status{200};
  static const char* body = "{}";
  static FakeDriver driver([](Call& call) {
    call.failure = Failure::none;
    call.status = status;
    call.reply = body;
    return true;
  });
  const auto pipeline = pipeline_with(driver);
  const auto health_at = [&](int answered, const char* with = "{}") {
    body = with;
    status = answered;
    const auto flag = std::make_shared<std::atomic<Health>>(Health::unknown);
    pipeline->probe(request(""), flag);
    const auto until = Clock::now() + 5s;
    while (*flag == Health::unknown && Clock::now() < until) std::this_thread::sleep_for(1ms);
    return flag->load();
  };
  EXPECT_EQ(health_at(200), Health::healthy);
  EXPECT_EQ(health_at(503), Health::unhealthy);
  EXPECT_EQ(health_at(502, "<html>"), Health::unhealthy);
  EXPECT_EQ(health_at(200, "<html>"), Health::responds);
  EXPECT_EQ(health_at(404, ""), Health::responds);
  EXPECT_EQ(health_at(500), Health::responds);
  for (const char* any : {"{}", "<html>", ""}) {
    EXPECT_EQ(health_at(401, any), Health::healthy) << any;
    EXPECT_EQ(health_at(403, any), Health::healthy) << any;
  }
}

TEST(Pipeline, has_a_driver_of_its_own_in_a_forked_child) {
  const auto pipeline = pipeline_with(answering(), "https://forked");
  ASSERT_EQ(pipeline->perform(request("parent")).body, "/sign|parent");
  before_fork();
  const pid_t child = fork();
  if (child == 0) {
    after_fork_child();
    _exit(pipeline->perform(request("child")).body == "/sign|child" ? 0 : 1);
  }
  after_fork_parent();
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(pipeline->perform(request("again")).body, "/sign|again");
}

// Like a recv(2) in libcurl on a closed number that the program has reused for a blocking socket.
TEST(Pipeline, leaves_an_io_thread_that_hangs_with_its_descriptors_lost_and_asks_another) {
  static std::atomic<bool> hangs{true};
  static FakeDriver driver([](Call& call) {
    if (hangs.exchange(false)) {
      closefrom(3);
      std::this_thread::sleep_for(20s);
    }
    call.failure = Failure::none;
    return true;
  });
  before_fork();
  const pid_t child = fork();
  if (child == 0) {
    after_fork_child();
    const auto start = Clock::now();
    Request repeatable = request("x");
    repeatable.repeatable = true;
    const bool is_right = pipeline_with(driver)->perform(repeatable).failure == Failure::none;
    _exit(is_right && driver.runs == 2 && Clock::now() - start < 5s ? 0 : 1);
  }
  after_fork_parent();
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace sesam::transport
