// SPDX-License-Identifier: Apache-2.0
// Reads the key records in a reply, whatever structure the device puts around them.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "n200/json.h"
#include "n200/key_record.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// Reads one reply. All arguments must outlive the reader.
class RecordReader {
 public:
  using Visitor = std::function<void(KeyRecord)>;
  using Clock = std::chrono::steady_clock;

  RecordReader(const WireRow& row, const Unescape& unescape, const Visitor& visit, Clock::time_point until);

  /// Visits each record. Raises bad_reply, and timed_out if it is not done by `until`.
  Result<void> read(ondemand::value value) { return read_value(value, {}, 0); }
  Result<void> read(ondemand::object object) { return read_object(object, {}, 0); }
  /// There were values, but no record.
  bool found_others_only() const noexcept { return records_ == 0 && others_ > 0; }

  enum class Shape { record, records, other };
  Result<Shape> shape_of(ondemand::object object) const;

 private:
  using Fields = std::bitset<kRecordFields>;
  Fields fields_named(std::string_view name) const;
  bool is_exactly_named(const Fields& wanted, std::string_view name) const;
  Result<void> read_value(ondemand::value value, const std::string& name, unsigned depth);
  Result<void> read_array(ondemand::array array, unsigned depth);
  Result<void> read_object(ondemand::object object, const std::string& name, unsigned depth);
  Result<void> read_members(ondemand::object object, unsigned depth);
  Result<KeyRecord> read_record(ondemand::object fields) const;

  const WireRow& row_;
  const Unescape& unescape_;
  const Visitor& visit_;
  const Clock::time_point until_;
  std::array<std::string, kRecordFields> canonical_;
  std::size_t records_ = 0, others_ = 0, values_ = 0;
};

}  // namespace sesam::n200
