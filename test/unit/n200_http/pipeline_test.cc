// SPDX-License-Identifier: Apache-2.0
// The pipeline against peers that never answer: everything ends, in time, for the right reason. What needs a
// device is in test/integration.
#include "n200/http/pipeline.h"

#include <gtest/gtest.h>
#include <openssl/async.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/process_state.h"
#include "local_socket.h"

namespace sesam::n200::http {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Long enough for the I/O thread to start and to find out that nobody answers.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr auto kSoon = 5s;
#else
constexpr auto kSoon = 500ms;
#endif

std::shared_ptr<const Log> silent_log() {
  auto log = Log::open(0, "stderr");
  return *log;
}

Options options_for(const LocalSocket& peer) {
  Options options;
  options.urls = {peer.url()};
  options.connect_timeout_ms = 10'000;
  return options;
}

Request request_until(Clock::time_point deadline) {
  Request request;
  request.path = "/n200/web/postv1";
  request.body = "command=eccsign&pin=12345678";
  request.deadline = deadline;
  return request;
}

Clock::duration since(Clock::time_point start) { return Clock::now() - start; }

TEST(Pipeline, is_one_for_equal_options) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto first = Pipeline::for_options(options_for(peer), silent_log());
  EXPECT_EQ(first, Pipeline::for_options(options_for(peer), silent_log()));
  Options other = options_for(peer);
  other.password = Secret("another");
  EXPECT_NE(first, Pipeline::for_options(std::move(other), silent_log()));
}

TEST(Pipeline, says_that_the_connection_was_refused) {
  const LocalSocket peer(LocalSocket::Kind::refusing);
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  const Reply reply = pipeline->perform(request_until(Clock::now() + 10s));
  EXPECT_EQ(reply.failure, Failure::cannot_connect);
  EXPECT_FALSE(reply.may_have_acted);
  EXPECT_NE(reply.message.find("Connection refused"), std::string::npos) << reply.message;
}

TEST(Pipeline, returns_at_the_deadline_from_a_peer_that_never_answers) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  const auto start = Clock::now();
  const Reply reply = pipeline->perform(request_until(start + kSoon));
  EXPECT_EQ(reply.failure, Failure::connect_timed_out) << reply.message;
  EXPECT_FALSE(reply.may_have_acted);
  EXPECT_GE(since(start), kSoon - 5ms);
  EXPECT_LT(since(start), kSoon + 3s);
}

TEST(Pipeline, refuses_what_is_late_already) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() - 1ms)).failure, Failure::queue_timed_out);
}

TEST(Pipeline, refuses_urls_that_it_cannot_use) {
  for (const char* url :
       {"http://127.0.0.1", "https://user:secret@127.0.0.1", "127.0.0.1", "https://127.0.0.1/?x", ""}) {
    Options options;
    options.urls = {url};
    const auto pipeline = Pipeline::for_options(std::move(options), silent_log());
    const Reply reply = pipeline->perform(request_until(Clock::now() + 10s));
    EXPECT_EQ(reply.failure, Failure::bad_url) << url;
    EXPECT_EQ(reply.message.find("secret"), std::string::npos);
  }
}

TEST(Pipeline, refuses_an_endpoint_that_is_not_configured) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  Request request = request_until(Clock::now() + 10s);
  request.endpoint = 7;
  EXPECT_EQ(pipeline->perform(request).failure, Failure::bad_url);
}

TEST(Pipeline, says_that_the_ca_file_holds_no_certificate) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  Options options = options_for(peer);
  options.ca_pem = "no certificate";
  const auto pipeline = Pipeline::for_options(std::move(options), silent_log());
  EXPECT_EQ(pipeline->perform(request_until(Clock::now() + 10s)).failure, Failure::bad_ca_file);
}

TEST(Pipeline, fails_together_what_waits_for_one_connect) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  Options options = options_for(peer);
  options.connect_timeout_ms = 300;
  const auto pipeline = Pipeline::for_options(std::move(options), silent_log());
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
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  const auto start = Clock::now();
  std::thread hasty([&] { pipeline->perform(request_until(start + 100ms)); });
  std::this_thread::sleep_for(20ms);
  pipeline->perform(request_until(start + 700ms));
  EXPECT_GE(since(start), 690ms);
  hasty.join();
}

TEST(Pipeline, that_is_stopped_fails_what_waits_and_starts_again) {
  const LocalSocket peer(LocalSocket::Kind::silent);
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
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
        const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
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

/// What provider/ does with pthread_atfork(3).
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
  const auto pipeline = Pipeline::for_options(options_for(peer), silent_log());
  Failure in_parent = Failure::none;
  const auto start = Clock::now();
  std::thread waiting([&] { in_parent = pipeline->perform(request_until(start + 4s)).failure; });
  std::this_thread::sleep_for(100ms);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = fork_as_the_provider_does();
    if (child == 0) {
      alarm(10);
      const Reply reply = pipeline->perform(request_until(Clock::now() + kSoon));
      _exit(reply.failure == Failure::connect_timed_out && counts().all_requests() == 1 ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  waiting.join();
  EXPECT_EQ(in_parent, Failure::connect_timed_out);
  EXPECT_GE(since(start), 3990ms) << "the parent's call did not notice";
}

/// A job that performs one request; what it found is left in `arguments`.
struct JobArguments {
  Pipeline* pipeline;
  Clock::time_point deadline;
  Reply* reply;
};

int perform_in_job(void* pointer) {
  const auto& arguments = *static_cast<const JobArguments*>(pointer);
  ERR_set_mark();  // as the dispatch boundary does
  *arguments.reply = arguments.pipeline->perform(request_until(arguments.deadline));
  ERR_pop_to_mark();
  return 1;
}

class AsyncJob : public testing::Test {
 protected:
  void SetUp() override {
    if (ASYNC_is_capable() == 0) GTEST_SKIP() << "no ASYNC_JOBs on this platform";
    ASSERT_EQ(ASYNC_init_thread(64, 0), 1);
    context_ = ASYNC_WAIT_CTX_new();
  }
  void TearDown() override {
    ASYNC_WAIT_CTX_free(context_);
    ASYNC_cleanup_thread();
  }
  int go_on() {
    int result = 0;
    return ASYNC_start_job(&job_, context_, &result, perform_in_job, &arguments_, sizeof arguments_);
  }

  const LocalSocket peer_{LocalSocket::Kind::silent};
  const std::shared_ptr<Pipeline> pipeline_ = Pipeline::for_options(options_for(peer_), silent_log());
  ASYNC_WAIT_CTX* context_ = nullptr;
  ASYNC_JOB* job_ = nullptr;
  Reply reply_;
  JobArguments arguments_{pipeline_.get(), Clock::now() + kSoon, &reply_};
};

TEST_F(AsyncJob, pauses_and_is_woken_through_a_descriptor) {
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  OSSL_ASYNC_FD fd = -1;
  std::size_t count = 1;
  ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, &fd, &count), 1);
  ASSERT_EQ(count, 1U);
  EXPECT_EQ(go_on(), ASYNC_PAUSE) << "resumed too early it pauses again";
  pollfd waiting{fd, POLLIN, 0};
  EXPECT_EQ(poll(&waiting, 1, 20'000), 1);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
  EXPECT_EQ(reply_.failure, Failure::connect_timed_out);
  // The same wait context once more: the same descriptor, silent again.
  arguments_.deadline = Clock::now() + kSoon;
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  EXPECT_EQ(poll(&waiting, 1, 0), 0);
  EXPECT_EQ(poll(&waiting, 1, 20'000), 1);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
}

TEST_F(AsyncJob, is_woken_through_the_applications_callback) {
  std::atomic<bool> called{false};
  const auto callback = [](void* pointer) {
    static_cast<std::atomic<bool>*>(pointer)->store(true);
    return 1;
  };
  ASSERT_EQ(ASYNC_WAIT_CTX_set_callback(context_, callback, &called), 1);
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  for (int i = 0; i < 20'000 && !called; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(called);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
  EXPECT_EQ(reply_.failure, Failure::connect_timed_out);
}

TEST_F(AsyncJob, resumed_after_its_deadline_has_timed_out) {
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  std::this_thread::sleep_until(arguments_.deadline + 50ms);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
  EXPECT_EQ(reply_.failure, Failure::connect_timed_out);
}

TEST_F(AsyncJob, that_is_stopped_finishes) {
  arguments_.deadline = Clock::now() + 30s;
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  stop_all();
  EXPECT_EQ(go_on(), ASYNC_FINISH);
  EXPECT_EQ(reply_.failure, Failure::stopped);
}

TEST_F(AsyncJob, leaves_the_callers_error_marks_alone) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 41);
  ERR_set_mark();
  ERR_raise(ERR_LIB_USER, 42);
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), 42) << "nothing is lost";
  EXPECT_EQ(ERR_pop_to_mark(), 1) << "and the mark that is found is the caller's";
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), 41);
  std::this_thread::sleep_until(arguments_.deadline + 50ms);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
}

// Paints what lies below the frame of the caller, and tells how much of it was used since.
constexpr std::size_t kPainted = 20 * 1024;
[[gnu::noinline]] void paint() {
  volatile unsigned char below[kPainted];
  for (auto& byte : below) byte = 0xa5;
}
[[gnu::noinline]] std::size_t used_since_paint() {
  volatile unsigned char below[kPainted];
  volatile unsigned char* first = below;
  while (first != below + kPainted && *first == 0xa5) ++first;
  return static_cast<std::size_t>(below + kPainted - first);
}
std::size_t stack_used = 0;

int perform_on_painted_stack(void* arguments) {
  paint();
  perform_in_job(arguments);
  stack_used = used_since_paint();
  return 1;
}

TEST_F(AsyncJob, needs_less_than_8_kib_of_its_stack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need more";
#endif
  int result = 0;
  const auto go = [&] {
    return ASYNC_start_job(&job_, context_, &result, perform_on_painted_stack, &arguments_,
                           sizeof arguments_);
  };
  ASSERT_EQ(go(), ASYNC_PAUSE);
  std::this_thread::sleep_until(arguments_.deadline + 50ms);
  ASSERT_EQ(go(), ASYNC_FINISH);
  EXPECT_GT(stack_used, 100U);
  EXPECT_LT(stack_used, 8U * 1024) << "including the start of the I/O thread";
  RecordProperty("bytes", static_cast<int>(stack_used));
}

}  // namespace
}  // namespace sesam::n200::http
