// SPDX-License-Identifier: Apache-2.0
#include "ossl/boundary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace sesam::ossl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Raised {
  std::uint32_t reason;
  std::string text;
};
const OSSL_CORE_HANDLE* raised_through = nullptr;
std::vector<Raised>& raised_list() {
  static std::vector<Raised> list;
  return list;
}

// The core's upcalls, as OpenSSL passes them to OSSL_provider_init().
void fake_new_error(const OSSL_CORE_HANDLE* core) { raised_through = core; }
void fake_vset_error(const OSSL_CORE_HANDLE*, std::uint32_t reason, const char* format, va_list arguments) {
  char text[2048];
  vsnprintf(text, sizeof text, format, arguments);
  raised_list().push_back({reason, text});
}
const OSSL_DISPATCH kUpcalls[] = {{OSSL_FUNC_CORE_NEW_ERROR, reinterpret_cast<void (*)()>(&fake_new_error)},
                                  {OSSL_FUNC_CORE_VSET_ERROR, reinterpret_cast<void (*)()>(&fake_vset_error)},
                                  {0, nullptr}};

class Boundary : public testing::Test {
 protected:
  Boundary() : core_(reinterpret_cast<const OSSL_CORE_HANDLE*>(this), kUpcalls) {
    raised_list().clear();
    ERR_clear_error();
    attach_error_stack(core_, *Log::open(0, "stderr"));
  }
  ~Boundary() override { detach_error_stack(core_); }
  static std::uint32_t code(Reason reason) { return static_cast<std::uint32_t>(reason); }

  Core core_;
};

// Represents a provider object. `how` determines what its functions do.
struct Object {
  enum How { succeed, say_no, fail, throw_error, throw_bad_alloc, throw_int } how = succeed;

  Result<bool> has(int) const {
    if (how == fail) return Error{Reason::unknown_key, "key 'x'"};
    if (how == throw_error) throw std::runtime_error("secret 4711");
    if (how == throw_bad_alloc) throw std::bad_alloc();
    if (how == throw_int) throw 1;
    ERR_raise(ERR_LIB_USER, 1);  // as libcrypto may leave behind
    return how == succeed;
  }
  Result<Object*> dup(int) const {
    return how == fail ? Result<Object*>(Error{Reason::internal, {}}) : new Object(*this);
  }
  Result<void> get_params(OSSL_PARAM[]) const {
    if (how == fail) return Error{Reason::bad_argument, "why"};
    return {};
  }
  Result<HandedOn> match(const void*, int) const {
    ERR_raise(ERR_LIB_USER, 2);  // raised by the callback
    return HandedOn{how == succeed};
  }
};
void release(void* object) { delete static_cast<Object*>(object); }

constexpr auto* kHas = bound<slot::keymgmt_has, &Object::has>;
constexpr auto* kDup = bound<slot::keymgmt_dup, &Object::dup>;
constexpr auto* kMatch = bound<slot::keymgmt_match, &Object::match>;
constexpr auto* kGet = bound<slot::keymgmt_get_params, &Object::get_params>;

static_assert(noexcept(detail::Thunk<slot::keymgmt_has, &Object::has, slot::keymgmt_has::Fn>::call(nullptr,
                                                                                                   0)));

TEST_F(Boundary, returns_the_value_of_a_result) {
  const Object object;
  EXPECT_EQ(kHas(&object, 0), 1);
  EXPECT_EQ(kGet(const_cast<Object*>(&object), nullptr), 1);
  void* copy = kDup(&object, 0);
  EXPECT_NE(copy, nullptr);
  release(copy);
  EXPECT_THAT(raised_list(), IsEmpty());
}

TEST_F(Boundary, takes_false_as_a_plain_no_and_raises_nothing) {
  const Object object{Object::say_no};
  EXPECT_EQ(kHas(&object, 0), 0);
  EXPECT_THAT(raised_list(), IsEmpty());
}

TEST_F(Boundary, turns_an_error_into_0_and_one_entry) {
  const Object object{Object::fail};
  EXPECT_EQ(kHas(&object, 0), 0);
  EXPECT_EQ(kDup(&object, 0), nullptr);
  EXPECT_EQ(kGet(const_cast<Object*>(&object), nullptr), 0);
  ASSERT_EQ(raised_list().size(), 3U);
  EXPECT_EQ(raised_list()[0].reason, code(Reason::unknown_key));
  EXPECT_EQ(raised_list()[0].text,
            std::string("key 'x'; ") + advice_for(Reason::unknown_key) + "; run: sesam doctor");
  EXPECT_EQ(raised_list()[2].text, "why; run: sesam doctor");
}

TEST_F(Boundary, turns_an_exception_into_an_entry_without_its_words) {
  for (const auto how : {Object::throw_error, Object::throw_int}) {
    const Object object{how};
    EXPECT_EQ(kHas(&object, 0), 0);
    ASSERT_FALSE(raised_list().empty());
    EXPECT_EQ(raised_list().back().reason, code(Reason::internal));
    EXPECT_THAT(raised_list().back().text, testing::Not(HasSubstr("4711")));
  }
}

TEST_F(Boundary, tells_that_memory_is_short) {
  const Object object{Object::throw_bad_alloc};
  EXPECT_EQ(kHas(&object, 0), 0);
  ASSERT_EQ(raised_list().size(), 1U);
  EXPECT_EQ(raised_list()[0].reason, code(Reason::out_of_memory));
}

TEST_F(Boundary, answers_a_question_about_a_null_object_without_an_error) {
  EXPECT_EQ(kHas(nullptr, 0), 0);
  EXPECT_EQ(raised_list().size(), 0U);
}

TEST_F(Boundary, refuses_a_null_object) {
  EXPECT_EQ(kGet(nullptr, nullptr), 0);
  ASSERT_EQ(raised_list().size(), 1U);
  EXPECT_EQ(raised_list()[0].reason, code(Reason::bad_argument));
}

TEST_F(Boundary, leaves_the_callers_error_queue_as_it_was) {
  ERR_raise(ERR_LIB_USER, 42);
  const auto before = ERR_peek_last_error();
  const Object object;
  kHas(&object, 0);
  EXPECT_EQ(ERR_peek_last_error(), before);
  ERR_get_error();
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_F(Boundary, leaves_the_errors_of_a_callback_that_failed) {
  ERR_raise(ERR_LIB_USER, 42);
  Object object;
  EXPECT_EQ(kMatch(&object, nullptr, 0), 1);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()), 42);
  object.how = Object::say_no;
  EXPECT_EQ(kMatch(&object, nullptr, 0), 0);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), 42);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), 2);
}

TEST_F(Boundary, passes_per_cent_signs_through_unharmed) {
  raise({Reason::device_error, "100%s %n"}, "test");
  EXPECT_THAT(raised_list().back().text, HasSubstr("100%s %n"));
}

TEST_F(Boundary, raises_printable_text) {
  raise({Reason::device_error, "a\n\x1b[31mb\xC2\x9B"}, "test");
  EXPECT_THAT(raised_list().back().text, HasSubstr("a\\n\\x1b[31mb\\u009b"));
}

TEST_F(Boundary, raises_through_the_instance_that_is_left) {
  int other = 0;
  const Core second(reinterpret_cast<const OSSL_CORE_HANDLE*>(&other), kUpcalls);
  attach_error_stack(second, *Log::open(0, "stderr"));
  detach_error_stack(second);
  raise({Reason::internal, "x"}, "test");
  EXPECT_EQ(raised_list().size(), 1U);
}

// OpenSSL forgets an instance's texts with the instance, and contexts that come later usually go earlier.
TEST_F(Boundary, raises_through_the_instance_that_was_attached_first) {
  int other = 0;
  const Core second(reinterpret_cast<const OSSL_CORE_HANDLE*>(&other), kUpcalls);
  attach_error_stack(second, *Log::open(0, "stderr"));
  raise({Reason::internal, "x"}, "test");
  EXPECT_EQ(raised_through, core_.handle);
  detach_error_stack(core_);
  raise({Reason::internal, "x"}, "test");
  EXPECT_EQ(raised_through, second.handle);
  detach_error_stack(second);
}

TEST_F(Boundary, raises_an_unlogged_error_on_the_queue_alone) {
  const std::string path = testing::TempDir() + "unlogged.log";
  std::remove(path.c_str());
  attach_error_stack(core_, *Log::open(1, path));
  raise_unlogged({Reason::not_offered, "x"}, "test");
  EXPECT_EQ(raised_list().size(), 1U);
  std::ifstream log(path);
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(log), {}), testing::Not(HasSubstr("not offered")));
}

TEST_F(Boundary, an_instance_that_is_attached_again_has_the_new_log) {
  const std::string path = testing::TempDir() + "attached_again.log";
  std::remove(path.c_str());
  attach_error_stack(core_, *Log::open(1, path));
  raise({Reason::internal, "written there"}, "test");
  EXPECT_EQ(raised_list().size(), 1U);
  std::ifstream log(path);
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(log), {}), HasSubstr("written there"));
  detach_error_stack(core_);
  raise({Reason::internal, "x"}, "test");
  EXPECT_EQ(raised_list().size(), 1U) << "one detach is enough";
}

TEST(ErrorStack, without_an_instance_raises_nothing_and_does_not_crash) {
  raise({Reason::internal, "x"}, "test");
}

TEST(ReasonStrings, tell_a_text_for_every_code_and_end) {
  const OSSL_ITEM* item = reason_strings();
  unsigned count = 0;
  for (; item->id != 0; ++item) {
    EXPECT_EQ(item->id, ++count);
    EXPECT_STREQ(static_cast<const char*>(item->ptr), text_of(static_cast<Reason>(item->id)));
    EXPECT_NE(*text_of(static_cast<Reason>(item->id)), '\0');
  }
  EXPECT_GT(count, 30U);
  EXPECT_EQ(item->ptr, nullptr);
}

}  // namespace
}  // namespace sesam::ossl
