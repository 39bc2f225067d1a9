// SPDX-License-Identifier: Apache-2.0
// The boundary between OpenSSL's C calls and this code: all dispatch functions are generated here.
//
// SESAM_BIND(slot, implementation) makes a row of an OSSL_DISPATCH table. The implementation is a member
// or a free function. The generated C function is noexcept, turns a failed Result into 0 (or NULL) and an
// entry on the error stack, returns a Result<bool>'s false as a plain "no", and leaves the caller's error
// queue unchanged otherwise. OpenSSL makes some queries for a key that has no object yet: the result is
// such a "no". Cancellation of the calling thread is deferred. A wrong signature does not compile.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "base/cancellation.h"
#include "base/result.h"
#include "ossl/call_gate.h"
#include "ossl/error_stack.h"
#include "ossl/slots.h"

namespace sesam::ossl {

/// The result of a function that passes its work to an OpenSSL callback, which may call
/// this provider again, or of one that calls raise_unlogged(). If that fails, the error
/// queue says why, and is left unchanged.
struct HandedOn {
  bool accepted;
  explicit operator int() const noexcept { return accepted ? 1 : 0; }
};

namespace detail {

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

// Runs the body under an error mark. The mark is popped
// before an error is raised, so that our own entry stays.
template <class Body>
auto run(Body&& body) noexcept -> std::invoke_result_t<Body> try {
  ErrorMark mark;
  auto result = body();
  if constexpr (std::is_same_v<decltype(result), Result<HandedOn>>)
    if (result && !result->accepted) mark.keep();
  return result;
} catch (const std::bad_alloc&) {
  return Error{Reason::out_of_memory, {}};
} catch (...) {
  return Error{Reason::internal, "an exception reached the boundary"};
}

template <class R, class Body>
R guard(const char* where, Body&& body) noexcept {
  using Returned = std::invoke_result_t<Body>;
  if constexpr (!is_result<Returned>) {
    return static_cast<R>(body());  // a table or a constant: it cannot fail
  } else {
    const HeldCancellation held;
    const CallInside call;
    if (!call) return R{};  // no error either: its stack is being torn down too
    auto result = run(std::forward<Body>(body));
    if (!result) {
      raise(result.error(), where);
      return R{};
    }
    if constexpr (std::is_void_v<typename Returned::value_type>)
      return R{1};
    else
      return static_cast<R>(*std::move(result));
  }
}

template <class Slot, auto Impl, class Fn>
struct Thunk;

// A free function: the arguments are passed through.
template <class Slot, auto Impl, class R, class... A>
requires(!std::is_member_function_pointer_v<decltype(Impl)>) struct Thunk<Slot, Impl, R(A...)> {
  static R call(A... arguments) noexcept {
    return guard<R>(Slot::name, [&] { return Impl(arguments...); });
  }
};

// Queries that OpenSSL also makes for a key without an object, as
// EVP_PKEY_copy_parameters(3) does for the key that it is about to fill.
template <class Slot>
inline constexpr bool may_lack_object =
    std::is_same_v<Slot, slot::keymgmt_has> || std::is_same_v<Slot, slot::keymgmt_match>;

template <class>
struct MemberOf;
template <class C, class Ret, class... P>
struct MemberOf<Ret (C::*)(P...)> {
  using Object = C;
};
template <class C, class Ret, class... P>
struct MemberOf<Ret (C::*)(P...) const> {
  using Object = const C;
};

// A member function: the leading (const) void* is the object. A const slot accepts only a const member.
template <class Slot, auto Impl, class R, class Self, class... A>
requires(std::is_member_function_pointer_v<decltype(Impl)>&&
             std::is_void_v<Self>) struct Thunk<Slot, Impl, R(Self*, A...)> {
  using Object = typename MemberOf<decltype(Impl)>::Object;
  static R call(Self* self, A... arguments) noexcept {
    if (self == nullptr) {
      if constexpr (may_lack_object<Slot>) return R{};
      const HeldCancellation held;
      raise({Reason::bad_argument, "null object"}, Slot::name);
      return R{};
    }
    return guard<R>(Slot::name, [&] { return (static_cast<Object*>(self)->*Impl)(arguments...); });
  }
};

// A function that returns void: it releases its argument and cannot fail.
template <class Slot, auto Impl>
struct Thunk<Slot, Impl, void(void*)> {
  static void call(void* object) noexcept {
    const HeldCancellation held;
    if (const CallInside call; call) Impl(object);
  }
};

}  // namespace detail

template <class Slot, auto Impl>
inline constexpr typename Slot::Fn* bound = &detail::Thunk<Slot, Impl, typename Slot::Fn>::call;

}  // namespace sesam::ossl

#define SESAM_BIND(function, ...)                                                                      \
  {                                                                                                    \
    ::sesam::ossl::slot::function::id,                                                                 \
        reinterpret_cast<void (*)()>(::sesam::ossl::bound<::sesam::ossl::slot::function, __VA_ARGS__>) \
  }
#define SESAM_BIND_END \
  { 0, nullptr }
