// SPDX-License-Identifier: Apache-2.0
// Requests inside OpenSSL's ASYNC_JOBs, to a peer that never answers.
#include "transport/async_wait.h"

#include <gtest/gtest.h>
#include <openssl/async.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "silent_peer.h"
#include "transport/curl/libcrypto.h"

namespace sesam::transport::curl {
namespace {

/// The arguments of a job that performs one request and stores its reply.
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
  const std::shared_ptr<Pipeline> pipeline_ = pipeline_for(options_for(peer_), silent_log());
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
  // The same wait context again: the same descriptor, no longer readable.
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

struct JobsLife {
  std::atomic<bool> is_over{false};
  std::atomic<int> calls_too_late{0};
};

// The callback's argument may be destroyed with the job.
TEST_F(AsyncJob, that_has_left_at_its_deadline_gets_no_callback) {
  JobsLife life;
  const auto callback = [](void* pointer) {
    auto& its = *static_cast<JobsLife*>(pointer);
    if (its.is_over) ++its.calls_too_late;
    return 1;
  };
  ASSERT_EQ(ASYNC_WAIT_CTX_set_callback(context_, callback, &life), 1);
  for (int round = 0; round < 20; ++round) {
    life.is_over = false;
    arguments_.deadline = Clock::now() + 20ms;
    while (go_on() == ASYNC_PAUSE) continue;
    life.is_over = true;
    EXPECT_EQ(reply_.failure, Failure::connect_timed_out) << "the I/O thread knows the outcome best";
    std::this_thread::sleep_for(30ms);
  }
  EXPECT_EQ(life.calls_too_late, 0);
}

TEST_F(AsyncJob, resumed_after_its_deadline_has_timed_out) {
  ASSERT_EQ(go_on(), ASYNC_PAUSE);
  std::this_thread::sleep_until(arguments_.deadline + 50ms);
  EXPECT_EQ(go_on(), ASYNC_FINISH);
  EXPECT_EQ(reply_.failure, Failure::connect_timed_out);
}

// A program closes all descriptors between two jobs and opens a file.
TEST_F(AsyncJob, gets_another_descriptor_where_the_program_has_closed_the_one_of_its_wait_context) {
  for (const auto pause : {0ms, 150ms}) {
    arguments_.deadline = Clock::now() + 20ms;
    OSSL_ASYNC_FD before = -1;
    while (go_on() == ASYNC_PAUSE) {
      std::size_t count = 1;
      ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, &before, &count), 1);
    }
    ASSERT_NE(before, -1);
    const int file = memfd_create("own", MFD_CLOEXEC);
    ASSERT_EQ(write(file, "mine", 4), 4);
    ASSERT_EQ(lseek(file, 0, SEEK_SET), 0);
    ASSERT_EQ(dup2(file, before), before);
    std::this_thread::sleep_for(pause);
    arguments_.deadline = Clock::now() + kSoon;
    ASSERT_EQ(go_on(), ASYNC_PAUSE);
    OSSL_ASYNC_FD after = -1;
    std::size_t count = 1;
    ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, &after, &count), 1);
    EXPECT_NE(after, before);
    pollfd waiting{after, POLLIN, 0};
    EXPECT_EQ(poll(&waiting, 1, 20'000), 1);
    EXPECT_EQ(go_on(), ASYNC_FINISH);
    EXPECT_EQ(lseek(before, 0, SEEK_CUR), 0) << "nothing was read";
    EXPECT_EQ(lseek(before, 0, SEEK_END), 4) << "nothing was written";
    EXPECT_EQ(close(before), 0) << "it is still open";
    close(file);
  }
}

struct RestArguments {
  Pipeline* pipeline;
  Clock::time_point until;
};

int rest_in_job(void* pointer) {
  const auto& arguments = *static_cast<const RestArguments*>(pointer);
  ERR_set_mark();
  arguments.pipeline->rest_until(arguments.until);
  ERR_pop_to_mark();
  return 1;
}

TEST_F(AsyncJob, rests_without_its_thread) {
  RestArguments rest{pipeline_.get(), Clock::now() + 200ms};
  int result = 0;
  const auto go = [&] { return ASYNC_start_job(&job_, context_, &result, rest_in_job, &rest, sizeof rest); };
  ASSERT_EQ(go(), ASYNC_PAUSE);
  EXPECT_LT(Clock::now(), rest.until);
  OSSL_ASYNC_FD fd = -1;
  std::size_t count = 1;
  ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, &fd, &count), 1);
  ASSERT_EQ(count, 1U);
  pollfd waiting{fd, POLLIN, 0};
  EXPECT_EQ(poll(&waiting, 1, 20'000), 1);
  EXPECT_GE(Clock::now(), rest.until);
  EXPECT_EQ(go(), ASYNC_FINISH);
}

int perform_and_rest_in_job(void* pointer) {
  const auto& arguments = *static_cast<const JobArguments*>(pointer);
  ERR_set_mark();
  *arguments.reply = arguments.pipeline->perform(request_until(arguments.deadline));
  arguments.pipeline->rest_until(Clock::now() + 20ms);
  ERR_pop_to_mark();
  return 1;
}

// `openssl speed -async_jobs` fails if a wait context has two descriptors.
TEST_F(AsyncJob, has_one_descriptor_whatever_it_waits_for) {
  int result = 0;
  int pauses = 0;
  while (ASYNC_start_job(&job_, context_, &result, perform_and_rest_in_job, &arguments_, sizeof arguments_) ==
         ASYNC_PAUSE) {
    ++pauses;
    std::size_t count = 0;
    ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, nullptr, &count), 1);
    ASSERT_EQ(count, 1U);
    OSSL_ASYNC_FD fd = -1;
    ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, &fd, &count), 1);
    pollfd waiting{fd, POLLIN, 0};
    ASSERT_EQ(poll(&waiting, 1, 20'000), 1);
  }
  EXPECT_GE(pauses, 2) << "for the reply, and to rest";
}

TEST_F(AsyncJob, that_may_not_pause_waits_without_burning_its_core) {
  RestArguments rest{pipeline_.get(), Clock::now() + 300ms};
  const auto blocked = [](void* pointer) {
    ASYNC_block_pause();
    const int result = rest_in_job(pointer);
    ASYNC_unblock_pause();
    return result;
  };
  int result = 0;
  const std::clock_t before = std::clock();
  EXPECT_EQ(ASYNC_start_job(&job_, context_, &result, blocked, &rest, sizeof rest), ASYNC_FINISH);
  EXPECT_GE(Clock::now(), rest.until);
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 10);
}

TEST_F(AsyncJob, with_a_callback_rests_without_its_thread) {
  std::atomic<bool> called{false};
  const auto callback = [](void* pointer) {
    static_cast<std::atomic<bool>*>(pointer)->store(true);
    return 1;
  };
  ASSERT_EQ(ASYNC_WAIT_CTX_set_callback(context_, callback, &called), 1);
  RestArguments rest{pipeline_.get(), Clock::now() + 100ms};
  int result = 0;
  const auto go = [&] { return ASYNC_start_job(&job_, context_, &result, rest_in_job, &rest, sizeof rest); };
  ASSERT_EQ(go(), ASYNC_PAUSE);
  for (int i = 0; i < 20'000 && !called; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_GE(Clock::now(), rest.until);
  EXPECT_EQ(go(), ASYNC_FINISH);
}

int perform_nothing_in_job(void* pointer) {
  auto& arguments = *static_cast<JobArguments*>(pointer);
  stop_all(Stop::until_next_use);
  ERR_set_mark();
  *arguments.reply = arguments.pipeline->perform(request_until(Clock::now()));  // ends without a pause
  ERR_pop_to_mark();
  return 1;
}

// HAProxy aborts if the wait context contains a descriptor that it has not been notified of.
TEST_F(AsyncJob, that_never_pauses_gets_no_descriptor) {
  int result = 0;
  ASSERT_EQ(ASYNC_start_job(&job_, context_, &result, perform_nothing_in_job, &arguments_, sizeof arguments_),
            ASYNC_FINISH);
  std::size_t count = 7;
  ASSERT_EQ(ASYNC_WAIT_CTX_get_all_fds(context_, nullptr, &count), 1);
  EXPECT_EQ(count, 0U);
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

// paint() fills the stack below its caller's frame; used_since_paint() returns the bytes used since then.
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
  why_wrong_libcrypto();  // called when a key is opened, outside of any job
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
}  // namespace sesam::transport::curl
