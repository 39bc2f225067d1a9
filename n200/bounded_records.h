// SPDX-License-Identifier: Apache-2.0
// What is kept of a listing from which one key is wanted now, and others perhaps soon.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "n200/key_record.h"

namespace sesam::n200 {

/// Keeps records with a public part until they weigh too much, then the wanted one alone: a device may hold
/// more keys than a program has memory, or say so.
class BoundedRecords {
 public:
  explicit BoundedRecords(std::string wanted_key_id) : wanted_key_id_(std::move(wanted_key_id)) {}

  void add(KeyRecord record);
  std::vector<KeyRecord> take() && { return std::move(records_); }

  static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;

 private:
  bool is_wanted(const KeyRecord& record) const;

  const std::string wanted_key_id_;
  std::vector<KeyRecord> records_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
};

}  // namespace sesam::n200
