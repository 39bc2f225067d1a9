// SPDX-License-Identifier: Apache-2.0
// OpenSSL's ASYNC_JOBs whose wait context has a callback: the I/O thread runs the application's code.
// test/unit/transport_curl has other tests of jobs, with libcurl.
#include "transport/async_wait.h"

#include <gtest/gtest.h>
#include <openssl/async.h>
#include <openssl/err.h>

#include <semaphore>
#include <thread>

#include "fake_driver.h"

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

// Far more than the second that a job grants a callback.
constexpr auto kHangs = 10s;

// Answers as soon as a test allows it.
std::counting_semaphore<> may_answer{0};
FakeDriver& answering_when_allowed() {
  static FakeDriver driver([](Call& call) {
    may_answer.acquire();
    call.failure = Failure::none;
    call.status = 200;
    call.reply = "answer";
    return true;
  });
  return driver;
}

std::shared_ptr<Pipeline> pipeline() {
  Options options;
  options.urls = {"https://one"};
  return Pipeline::for_options(std::move(options), *Log::open(0, "stderr"), answering_when_allowed());
}

/// A job that performs one request, in a wait context with a callback.
struct Job {
  explicit Job(ASYNC_callback_fn callback) { ASYNC_WAIT_CTX_set_callback(context, callback, this); }
  ~Job() { ASYNC_WAIT_CTX_free(context); }
  int go_on() {
    Job* self = this;
    int result = 0;
    return ASYNC_start_job(&job, context, &result, perform, &self, sizeof self);
  }
  static int perform(void* pointer) {
    Job& job = **static_cast<Job**>(pointer);
    Request request;
    request.path = "/sign";
    request.deadline = Clock::now() + 30s;
    ERR_set_mark();  // as the dispatch boundary does
    job.reply = job.owner->perform(request);
    ERR_pop_to_mark();
    return 1;
  }

  const std::shared_ptr<Pipeline> owner = pipeline();
  ASYNC_WAIT_CTX* const context = ASYNC_WAIT_CTX_new();
  ASYNC_JOB* job = nullptr;
  Reply reply;
  std::binary_semaphore in_callback{0};
  std::binary_semaphore may_return{0};
  std::binary_semaphore has_ended{0};
  Job* other = nullptr;
  int outcome = ASYNC_PAUSE;
  Clock::duration took{};
};

class AsyncJobWithCallback : public testing::Test {
 protected:
  void SetUp() override {
    if (ASYNC_is_capable() == 0) GTEST_SKIP() << "no ASYNC_JOBs on this platform";
    ASSERT_EQ(ASYNC_init_thread(8, 0), 1);
  }
  void TearDown() override { ASYNC_cleanup_thread(); }
};

// As if the callback waited for a lock that the application holds while it resumes the job.
TEST_F(AsyncJobWithCallback, returns_its_reply_although_the_callback_waits_for_the_job) {
  Job job([](void* pointer) {
    auto& its = *static_cast<Job*>(pointer);
    its.in_callback.release();
    static_cast<void>(its.may_return.try_acquire_for(kHangs));
    its.has_ended.release();
    return 1;
  });
  ASSERT_EQ(job.go_on(), ASYNC_PAUSE);
  may_answer.release();
  job.in_callback.acquire();
  const auto start = Clock::now();
  EXPECT_EQ(job.go_on(), ASYNC_FINISH);
  EXPECT_LT(Clock::now() - start, kHangs / 2);
  EXPECT_EQ(job.reply.failure, Failure::none);
  EXPECT_EQ(job.reply.body, "answer");
  job.may_return.release();
  job.has_ended.acquire();
}

// libcrypto ends a job only on the thread that has started it, so a callback starts the job, too.
TEST_F(AsyncJobWithCallback, ends_at_once_in_the_callback_that_resumes_it) {
  Job on_io_thread([](void* pointer) {
    auto& its = *static_cast<Job*>(pointer);
    const auto start = Clock::now();
    its.outcome = its.go_on();
    its.took = Clock::now() - start;
    its.has_ended.release();
    return 1;
  });
  Job job([](void* pointer) {
    auto& its = *static_cast<Job*>(pointer);
    ASYNC_init_thread(8, 0);
    its.other->outcome = its.other->go_on();
    its.has_ended.release();
    return 1;
  });
  job.other = &on_io_thread;
  ASSERT_EQ(job.go_on(), ASYNC_PAUSE);
  may_answer.release(2);
  ASSERT_TRUE(job.has_ended.try_acquire_for(kHangs));
  ASSERT_TRUE(on_io_thread.has_ended.try_acquire_for(kHangs));
  EXPECT_EQ(on_io_thread.outcome, ASYNC_FINISH);
  EXPECT_LT(on_io_thread.took, 500ms) << "the I/O thread must not wait for itself";
  EXPECT_EQ(on_io_thread.reply.failure, Failure::none);
  EXPECT_EQ(on_io_thread.reply.body, "answer");
  EXPECT_EQ(job.go_on(), ASYNC_FINISH);
}

}  // namespace
}  // namespace sesam::transport
