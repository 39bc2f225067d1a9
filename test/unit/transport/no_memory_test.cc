// SPDX-License-Identifier: Apache-2.0
// The pipeline without memory: the outcome of a request is not lost.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>

#include "fake_driver.h"
#include "transport/pipeline.h"

namespace {

// For this thread: allocations of at least this size fail.
thread_local std::size_t refused_from = std::numeric_limits<std::size_t>::max();

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = size < refused_from ? std::malloc(size) : nullptr;
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<Pipeline> pipeline_with(const Driver& driver) {
  Options options;
  options.urls = {"https://no-memory"};
  return Pipeline::for_options(std::move(options), *Log::open(0, "stderr"), driver);
}

Reply perform(Pipeline& pipeline) {
  Request request;
  request.path = "/generate";
  request.deadline = Clock::now() + 300ms;
  return pipeline.perform(request);
}

Reply perform_without_memory_from(std::size_t size, Pipeline& pipeline) {
  refused_from = size;
  Reply reply = perform(pipeline);
  refused_from = std::numeric_limits<std::size_t>::max();
  return reply;
}

TEST(WithoutMemory, a_reply_that_cannot_be_taken_is_one_to_a_request_that_was_sent) {
  static FakeDriver answering([](Call& call) {
    call.failure = Failure::none;
    call.status = 200;
    call.may_have_acted = true;
    call.reply.assign(2000, 'x');
    return true;
  });
  const auto pipeline = pipeline_with(answering);
  EXPECT_EQ(perform(*pipeline).failure, Failure::none);  // creates the thread and its calls
  const Reply reply = perform_without_memory_from(2000, *pipeline);
  EXPECT_EQ(reply.failure, Failure::out_of_memory);
  EXPECT_TRUE(reply.may_have_acted);
}

TEST(WithoutMemory, a_request_that_was_not_sent_has_done_nothing) {
  static FakeDriver refusing([](Call& call) {
    call.failure = Failure::cannot_connect;
    call.message.assign(2000, 'x');
    call.reply.assign(2000, 'x');
    return true;
  });
  const auto pipeline = pipeline_with(refusing);
  perform(*pipeline);
  const Reply reply = perform_without_memory_from(2000, *pipeline);
  EXPECT_EQ(reply.failure, Failure::out_of_memory);
  EXPECT_FALSE(reply.may_have_acted);
}

TEST(WithoutMemory, a_deadline_that_passes_is_still_that) {
  static FakeDriver sending([](Call& call) {
    call.sent.store(true);
    return false;
  });
  const auto pipeline = pipeline_with(sending);
  perform(*pipeline);
  const Reply reply = perform_without_memory_from(30, *pipeline);
  EXPECT_EQ(reply.failure, Failure::timed_out);
  EXPECT_TRUE(reply.may_have_acted);
}

}  // namespace
}  // namespace sesam::transport
