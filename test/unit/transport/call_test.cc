// SPDX-License-Identifier: Apache-2.0
#include "transport/call.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace sesam::transport {
namespace {

TEST(Body, is_wiped_when_it_is_dropped) {
  Body body;
  body.assign("pin=12345678");
  const char* where = body.data();
  ASSERT_EQ(std::string_view(where, body.size()), "pin=12345678");
  body.clear();
  EXPECT_EQ(std::string_view(where, 12), std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0", 12));
}

TEST(Body, holds_what_is_larger_than_its_own_buffer) {
  Body body;
  const std::string large(100'000, 'x');
  body.assign(large);
  EXPECT_EQ(std::string_view(body.data(), body.size()), large);
  body.assign("small");
  EXPECT_EQ(std::string_view(body.data(), body.size()), "small");
}

TEST(CallPool, gives_each_call_to_one_taker) {
  CallPool pool;
  std::set<Call*> taken;
  for (int i = 0; i < 1000; ++i) {
    Call* call = pool.take();
    ASSERT_NE(call, nullptr);
    EXPECT_TRUE(taken.insert(call).second);
  }
  for (Call* call : taken) CallPool::give_back(*call);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(taken.contains(pool.take()));
}

TEST(CallPool, serves_threads_side_by_side) {
  CallPool pool;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&pool, i] {
      for (std::size_t round = 0; round < 2000; ++round) {
        Call* call = pool.take();
        ASSERT_NE(call, nullptr);
        ASSERT_EQ(call->reply_cap_bytes, 0U) << "somebody else's";
        call->reply_cap_bytes = static_cast<std::size_t>(i) + 1;
        std::this_thread::yield();
        ASSERT_EQ(call->reply_cap_bytes, static_cast<std::size_t>(i) + 1);
        call->reply_cap_bytes = 0;
        CallPool::give_back(*call);
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(Call, starts_afresh_from_the_pool) {
  CallPool pool;
  Call* call = pool.take();
  Request request;
  request.path = "/n200/web/postv1";
  request.body = "pin=12345678";
  call->prepare(request);
  call->status = 200;
  call->reply = "{}";
  call->sent = true;
  const char* body = call->body.data();
  CallPool::give_back(*call);
  EXPECT_EQ(std::string_view(body, 4), std::string_view("\0\0\0\0", 4))
      << "the PIN is wiped before the call is reused";
  ASSERT_EQ(pool.take(), call);
  EXPECT_EQ(call->status, 0);
  EXPECT_TRUE(call->reply.empty());
  EXPECT_FALSE(call->sent);
}

// Random numbers, decrypted data, or a request that the device quotes.
TEST(Call, wipes_its_reply_before_it_is_reused) {
  CallPool pool;
  Call* call = pool.take();
  call->reply = R"({"command":"getrandom","result":"5EC2E7A1"})";
  const auto size = call->reply.size();
  const char* reply = call->reply.data();
  CallPool::give_back(*call);
  EXPECT_EQ(std::string_view(reply, size), std::string(size, '\0'));
}

// The caller has left, and a listing arrived afterwards.
TEST(Call, keeps_no_large_buffer_when_it_is_reused) {
  constexpr std::size_t kLarge = 1 << 20;
  CallPool pool;
  Call* call = pool.take();
  const std::string large(kLarge, 'x');
  Request request;
  request.path = large;
  request.body = large;
  call->prepare(request);
  call->reply.append(large);
  CallPool::give_back(*call);
  EXPECT_LE(call->reply.capacity(), 64U * 1024);
  EXPECT_EQ(call->path.reveal().data(), nullptr);
  EXPECT_EQ(call->body.data(), nullptr);
}

}  // namespace
}  // namespace sesam::transport
