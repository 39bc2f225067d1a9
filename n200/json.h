// SPDX-License-Identifier: Apache-2.0
// The only include of simdjson, with helpers that hide the differences between its versions.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/wiped_text.h"

namespace sesam::n200 {

namespace ondemand = simdjson::ondemand;

// Unescapes strings, one at a time, in a buffer of its own: simdjson 3.0 does not notice if it cannot
// allocate a buffer, and allocates too little for a value that is read twice.
class Unescape {
 public:
  Unescape(const ondemand::parser& parser, std::size_t longest)
      : parser_(parser), bytes_(longest + kWrittenBeyond), memory_(new std::uint8_t[bytes_]) {}
  // Wipes what was written, which in a listing is little of the buffer.
  ~Unescape() { wipe(memory_.get(), written_); }
  Unescape(const Unescape&) = delete;
  Unescape& operator=(const Unescape&) = delete;

  /// The text is valid until the next call.
  simdjson::simdjson_result<std::string_view> operator()(
      simdjson::simdjson_result<ondemand::raw_json_string> raw) const noexcept {
    ondemand::raw_json_string string;
    // NOLINTNEXTLINE(performance-move-const-arg): get() takes an rvalue
    if (const auto failed = std::move(raw).get(string)) return failed;
    std::uint8_t* end = memory_.get();
    const auto text = parser_.unescape(string, end);
    const auto written =
        text.error() ? bytes_ : static_cast<std::size_t>(end - memory_.get()) + kWrittenBeyond;
    written_ = std::max(written_, std::min(written, bytes_));
    return text;
  }

 private:
  static constexpr std::size_t kWrittenBeyond = 128;  // simdjson writes whole vectors, of at most 64 bytes
  const ondemand::parser& parser_;
  const std::size_t bytes_;
  const std::unique_ptr<std::uint8_t[]> memory_;
  mutable std::size_t written_ = 0;
};

// If the input does not start a JSON value, simdjson's type() fails before 4.0; since then it returns a type
// that earlier versions lack.
inline bool starts_a_value(ondemand::value value) {
  using enum ondemand::json_type;
  ondemand::json_type type{};
  if (value.type().get(type)) return false;
  switch (type) {
    case array:
    case object:
    case number:
    case string:
    case boolean:
    case null:
      return true;
    default:
      return false;
  }
}

inline bool is_object(ondemand::value value) {
  return value.type().value_unsafe() == ondemand::json_type::object;
}
inline bool is_array(ondemand::value value) {
  return value.type().value_unsafe() == ondemand::json_type::array;
}

}  // namespace sesam::n200
