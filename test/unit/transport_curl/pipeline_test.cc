// SPDX-License-Identifier: Apache-2.0
// The pipeline with peers that never answer: every call ends, in time, with the right reason. Tests that need
// a device are in test/integration.
#include "transport/pipeline.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/process_state.h"
#include "metrics/counts.h"
#include "silent_peer.h"

namespace sesam::transport::curl {
namespace {

Clock::duration since(Clock::time_point start) { return Clock::now() - start; }

TEST(Pipeline, is_one_for_equal_options) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto first = pipeline_for(options_for(peer), silent_log());
  EXPECT_EQ(first, pipeline_for(options_for(peer), silent_log()));
  Options other = options_for(peer);
  other.password = Secret("another");
  EXPECT_NE(first, pipeline_for(std::move(other), silent_log()));
}

TEST(Pipeline, says_that_the_connection_was_refused) {
  const LocalSocket peer(LocalSocket::Kind::refusing);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  const Reply reply = pipeline->perform(request_until(Clock::now() + 10s));
  EXPECT_EQ(reply.failure, Failure::cannot_connect);
  EXPECT_FALSE(reply.may_have_acted);
  EXPECT_NE(reply.message.find("Connection refused"), std::string::npos) << reply.message;
}

TEST(Pipeline, returns_at_the_deadline_from_a_peer_that_never_answers) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  const auto start = Clock::now();
  const Reply reply = pipeline->perform(request_until(start + kSoon));
  EXPECT_EQ(reply.failure, Failure::connect_timed_out) << reply.message;
  EXPECT_FALSE(reply.may_have_acted);
  EXPECT_GE(since(start), kSoon - 5ms);
  EXPECT_LT(since(start), kSoon + 3s);
}

TEST(Pipeline, refuses_what_is_late_already) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() - 1ms)).failure, Failure::queue_timed_out);
}

TEST(Pipeline, refuses_urls_that_it_cannot_use) {
  for (const char* url :
       {"http://127.0.0.1", "https://user:secret@127.0.0.1", "127.0.0.1", "https://127.0.0.1/?x", ""}) {
    Options options;
    options.urls = {url};
    const auto pipeline = pipeline_for(std::move(options), silent_log());
    const Reply reply = pipeline->perform(request_until(Clock::now() + 10s));
    EXPECT_EQ(reply.failure, Failure::bad_url) << url;
    EXPECT_EQ(reply.message.find("secret"), std::string::npos);
  }
}

TEST(Pipeline, refuses_an_endpoint_that_is_not_configured) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  Request request = request_until(Clock::now() + 10s);
  request.endpoint = 7;
  EXPECT_EQ(pipeline->perform(request).failure, Failure::bad_url);
}

TEST(Pipeline, says_that_the_ca_file_holds_no_certificate) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  Options options = options_for(peer);
  options.ca_pem = "no certificate";
  const auto pipeline = pipeline_for(std::move(options), silent_log());
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() + 10s)).failure, Failure::bad_ca_file);
}

TEST(Pipeline, fails_together_what_waits_for_one_connect) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  Options options = options_for(peer);
  options.connect_timeout_ms = 300;
  const auto pipeline = pipeline_for(std::move(options), silent_log());
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  std::atomic<int> connect_timed_out{0};
  for (int i = 0; i < 40; ++i)
    threads.emplace_back([&] {
      const Reply reply = pipeline->perform(request_until(Clock::now() + 30s));
      if (reply.failure == Failure::connect_timed_out && !reply.may_have_acted) ++connect_timed_out;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(connect_timed_out, 40);
  EXPECT_LT(since(start), 3s) << "one after the other would take 12 s";
}

TEST(Pipeline, lets_a_short_deadline_fail_alone) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  const auto start = Clock::now();
  std::thread hasty([&] { pipeline->perform(request_until(start + 100ms)); });
  std::this_thread::sleep_for(20ms);
  pipeline->perform(request_until(start + 700ms));
  EXPECT_GE(since(start), 690ms);
  hasty.join();
}

Options two_addresses(const LocalSocket& first, const LocalSocket& second) {
  const std::size_t scheme = sizeof "https://" - 1;
  Options options = options_for(first);
  options.addresses = {first.url().substr(scheme) + "|" + second.url().substr(scheme)};
  return options;
}

TEST(Pipeline, goes_on_to_the_next_address_within_a_deadline_below_the_connect_timeout) {
  const LocalSocket unresponsive(LocalSocket::Kind::silent), refusing(LocalSocket::Kind::refusing);
  const auto pipeline = pipeline_for(two_addresses(unresponsive, refusing), silent_log());
  const auto deadline = Clock::now() + 4 * kSoon;
  const Reply first = pipeline->perform(request_until(deadline));
  EXPECT_EQ(first.failure, Failure::connect_timed_out) << first.message;
  EXPECT_TRUE(first.has_another_address);
  EXPECT_LT(Clock::now(), deadline - kSoon) << "nothing was left for the next address";
  EXPECT_EQ(pipeline->perform(request_until(deadline)).failure, Failure::cannot_connect);
}

TEST(Pipeline, goes_on_to_the_next_address_with_the_next_request_where_the_deadline_is_not_enough_for_two) {
  const LocalSocket unresponsive(LocalSocket::Kind::silent), refusing(LocalSocket::Kind::refusing);
  const auto pipeline = pipeline_for(two_addresses(unresponsive, refusing), silent_log());
  pipeline->perform(request_until(Clock::now() + 300ms));
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() + 20 * kSoon)).failure, Failure::cannot_connect);
}

TEST(Pipeline, does_not_pass_over_an_address_for_a_request_that_had_no_time_for_it) {
  const LocalSocket unresponsive(LocalSocket::Kind::silent), refusing(LocalSocket::Kind::refusing);
  const auto pipeline = pipeline_for(two_addresses(unresponsive, refusing), silent_log());
  pipeline->perform(request_until(Clock::now() + 50ms));
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() + kSoon)).failure, Failure::connect_timed_out);
}

TEST(Pipeline, that_is_stopped_fails_what_waits_and_starts_again) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  std::atomic<int> stopped{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      if (pipeline->perform(request_until(Clock::now() + 30s)).failure == Failure::stopped) ++stopped;
    });
  std::this_thread::sleep_for(200ms);
  stop_all();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stopped, 8);
  EXPECT_LT(since(start), 10s);
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() + kSoon)).failure, Failure::connect_timed_out);
}

TEST(Pipeline, ends_with_the_process_while_threads_wait) {
  EXPECT_EXIT(
      {
        const LocalSocket peer(LocalSocket::Kind::silent);
        const auto pipeline = pipeline_for(options_for(peer), silent_log());
        for (int i = 0; i < 4; ++i)
          std::thread([pipeline] {
            pipeline->perform(request_until(Clock::now() + 30s));
            std::this_thread::sleep_for(30s);
          }).detach();
        std::this_thread::sleep_for(100ms);
        stop_all(Stop::for_good);
        const bool refused = pipeline->perform(request_until(Clock::now() + 30s)).failure == Failure::stopped;
        _exit(refused ? 7 : 8);
      },
      testing::ExitedWithCode(7), "");
}

/// Does what provider/ registers with pthread_atfork(3).
pid_t fork_as_the_provider_does() {
  ProcessMutex::lock_all();
  before_fork();
  const pid_t child = fork();
  if (child == 0) {
    ProcessMutex::renew_all();
    after_fork_child();
  } else {
    after_fork_parent();
    ProcessMutex::unlock_all();
  }
  return child;
}

TEST(Pipeline, works_in_a_forked_child_while_the_parent_waits) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer allows no threads after fork";
#endif
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = pipeline_for(options_for(peer), silent_log());
  Failure in_parent = Failure::none;
  const auto start = Clock::now();
  std::thread waiting([&] { in_parent = pipeline->perform(request_until(start + 4s)).failure; });
  std::this_thread::sleep_for(100ms);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = fork_as_the_provider_does();
    if (child == 0) {
      alarm(10);
      const Reply reply = pipeline->perform(request_until(Clock::now() + kSoon));
      _exit(reply.failure == Failure::connect_timed_out && metrics::counts().all_requests() == 1 ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  waiting.join();
  EXPECT_EQ(in_parent, Failure::connect_timed_out);
  EXPECT_GE(since(start), 3990ms) << "the parent's call did not notice";
}

}  // namespace
}  // namespace sesam::transport::curl
