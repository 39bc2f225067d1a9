// SPDX-License-Identifier: Apache-2.0
// What the module copies of a reply that is a secret does not stay in memory that is freed.
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <new>
#include <string>
#include <string_view>

#include "n200/device.h"
#include "n200/options.h"
#include "scripted_pipeline.h"

namespace {

// If not empty: memory that this thread frees is searched for this text.
thread_local std::string_view searched;
thread_local int found = 0;

void search_and_free(void* memory) noexcept {
  if (!searched.empty() && memory != nullptr &&
      std::string_view(static_cast<const char*>(memory), malloc_usable_size(memory)).find(searched) !=
          std::string_view::npos)
    ++found;
  std::free(memory);
}

}  // namespace

// In this executable, for all tests.
void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  if (!searched.empty()) std::memset(memory, 0, size);  // or an earlier user's text would be found
  return memory;
}
void operator delete(void* memory) noexcept { search_and_free(memory); }
void operator delete(void* memory, std::size_t) noexcept { search_and_free(memory); }

namespace sesam::n200 {
namespace {

struct SecretReply : testing::Test {
  Device& device(std::string_view reply, Options options = {}) {
    auto pipeline =
        std::make_shared<ScriptedPipeline>(std::deque<transport::Reply>{answer(std::string(reply))});
    made_device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
    return *made_device;
  }
  template <class Function>
  static int freed_with(std::string_view text, const Function& function) {
    found = 0;
    searched = text;
    function();
    searched = {};
    return found;
  }
  std::shared_ptr<Device> made_device;
  const KeyHandle key{"hsm26", "hsm26", "k01", 1, Secret("12345678")};
};

TEST_F(SecretReply, the_search_finds_what_it_looks_for) {
  EXPECT_EQ(freed_with("some text", [] { std::string("a long string that holds some text").append("!"); }),
            2);
}

TEST_F(SecretReply, of_random_numbers_is_wiped) {
  std::array<unsigned char, 8> out{};
  Device& asked = device(R"(  {"command":"getrandom","result":"5EC2E7A1B4D93F60"} )");
  EXPECT_EQ(freed_with("5EC2E7A1B4D93F60", [&] { ASSERT_TRUE(asked.random(out)); }), 0);
  EXPECT_EQ(out[0], 0x5E);
}

TEST_F(SecretReply, of_random_numbers_in_base64_is_wiped) {
  Options options;
  ASSERT_TRUE(options.wire.set(Operation::random, "GET /n200/getrandom/{byte_count}/ -> result:raw:base64"));
  std::array<unsigned char, 21> out{};
  Device& asked =
      device(R"({"command":"getrandom","result":"cGxhaW4gdGV4dCBhcyBieXRlcyAx"})", std::move(options));
  EXPECT_EQ(freed_with("plain text as byte", [&] { ASSERT_TRUE(asked.random(out)); }), 0);
  EXPECT_EQ(out[0], 'p');
}

TEST_F(SecretReply, of_decryption_is_wiped) {
  Device& asked = device(R"({"command":"decrypt","core":1,"result":"the treasure\nis here"})");
  EXPECT_EQ(freed_with("the treasure",
                       [&] {
                         const auto plain = asked.decrypt(key, Bytes{0xA8, 0x46});
                         ASSERT_TRUE(plain);
                         EXPECT_EQ(plain->reveal(), "the treasure\nis here");
                       }),
            0);
}

TEST_F(SecretReply, of_decryption_in_hexadecimal_digits_is_wiped) {
  Options options;
  ASSERT_TRUE(options.wire.set(
      Operation::decrypt, "POST command=decrypt core={core} key={key_id} text={data:hex} -> result:raw:hex"));
  Device& asked = device(R"({"result":"746865207472656173757265"})", std::move(options));
  EXPECT_EQ(freed_with("the treasure", [&] { ASSERT_TRUE(asked.decrypt(key, Bytes{0xA8, 0x46})); }), 0);
}

TEST_F(SecretReply, that_is_a_text_alone_is_wiped) {
  Device& asked = device(R"("the treasure is here")");
  EXPECT_EQ(freed_with("the treasure", [&] { ASSERT_TRUE(asked.decrypt(key, Bytes{0xA8, 0x46})); }), 0);
}

}  // namespace
}  // namespace sesam::n200
