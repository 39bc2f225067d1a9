// SPDX-License-Identifier: Apache-2.0
// The records of a whole listing in little more memory than the device's reply.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/packed_texts.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// Keeps what is displayed of a key: everything but the node and the flaw.
class PackedRecords {
 public:
  void add(const KeyRecord& record);
  /// Sorts by the text that `key_of` returns. Records with equal texts stay in the order of add().
  void sort(const std::function<std::string(const KeyRecord&)>& key_of, bool descending);
  /// Visits every record in the order of add(), or as they were sorted.
  void for_each(const std::function<void(const KeyRecord&)>& visit) const;
  std::size_t size() const noexcept { return places_.size(); }

 private:
  void read_at(PackedTexts::Place place, KeyRecord& record) const;

  PackedTexts texts_;
  std::vector<PackedTexts::Place> places_;
};

}  // namespace sesam::n200
