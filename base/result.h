// SPDX-License-Identifier: Apache-2.0
// A value, or the error that occurred instead.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/reasons.h"

namespace sesam {

/// `detail` says what failed, with which key and endpoint, and includes the device message; never a secret.
struct [[nodiscard]] Error {
  Reason reason;
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
  Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const noexcept { return error_.reason == Reason::none; }
  const Error& error() const& noexcept { return error_; }
  Error&& error() && noexcept { return std::move(error_); }

 private:
  Error error_{Reason::none, {}};
};

}  // namespace sesam

// Declares `variable` as a reference to the value of a Result, or returns the
// error from the enclosing function: SESAM_TRY(key, device.find_key(name));
#define SESAM_TRY(variable, expression)                                \
  auto variable##_result = (expression);                               \
  if (!variable##_result) return std::move(variable##_result).error(); \
  auto& variable = *variable##_result

// The same for a Result<void>.
#define SESAM_CHECK(expression)                                                   \
  do {                                                                            \
    if (auto checked = (expression); !checked) return std::move(checked).error(); \
  } while (0)
