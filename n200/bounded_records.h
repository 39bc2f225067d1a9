// SPDX-License-Identifier: Apache-2.0
// The part of a key listing that is kept: one key is wanted now, others perhaps soon.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "n200/key_record.h"

namespace sesam::n200 {

/// Keeps all records with a public part, up to kMaxBytes; beyond that only the wanted one: a device may have,
/// or claim to have, more keys than fit into the program's memory.
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
