// SPDX-License-Identifier: Apache-2.0
#include "n200/bounded_records.h"

#include "base/ascii_case.h"

namespace sesam::n200 {

bool BoundedRecords::is_wanted(const KeyRecord& record) const {
  return equal_ignoring_case(record.key_id, wanted_key_id_);
}

void BoundedRecords::add(KeyRecord record) {
  if (is_full_ && (!is_wanted(record) || !records_.empty())) return;
  if (!record.has_public_part()) return;
  bytes_ += record.bytes();
  records_.push_back(std::move(record));
  if (bytes_ <= kMaxBytes || is_full_) return;
  is_full_ = true;
  std::erase_if(records_, [&](const KeyRecord& one) { return !is_wanted(one); });
  if (records_.size() > 1) records_.resize(1);
  records_.shrink_to_fit();
}

}  // namespace sesam::n200
