// SPDX-License-Identifier: Apache-2.0
// simdjson, which is included nowhere else.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace sesam::n200 {

namespace ondemand = simdjson::ondemand;

// Takes the escapes out of strings, one at a time, in memory of our own: simdjson 3.0 does not notice when it
// gets none for that, and what it gets is too little for a value that is read twice.
class Unescape {
 public:
  Unescape(const ondemand::parser& parser, std::size_t longest)
      : parser_(parser), memory_(new std::uint8_t[longest + kWrittenBeyond]) {}

  /// The text lives until the next one is asked for.
  simdjson::simdjson_result<std::string_view> operator()(
      simdjson::simdjson_result<ondemand::raw_json_string> raw) const noexcept {
    ondemand::raw_json_string string;
    // NOLINTNEXTLINE(performance-move-const-arg): get() takes an rvalue
    if (const auto failed = std::move(raw).get(string)) return failed;
    std::uint8_t* end = memory_.get();
    return parser_.unescape(string, end);
  }

 private:
  static constexpr std::size_t kWrittenBeyond = 128;  // whole vectors, of 64 bytes at most
  const ondemand::parser& parser_;
  std::unique_ptr<std::uint8_t[]> memory_;
};

// Before 4.0 simdjson's type() fails for what starts no JSON value, since then it gives a type that earlier
// ones lack.
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
