// SPDX-License-Identifier: Apache-2.0
// The records of a whole listing in little more memory than the device's reply.
#pragma once

#include <functional>

#include "base/packed_texts.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// Keeps what is shown of a key: everything but the node and the flaw.
class PackedRecords {
 public:
  void add(const KeyRecord& record);
  /// Visits every record in the order of add().
  void for_each(const std::function<void(const KeyRecord&)>& visit) const;

 private:
  PackedTexts texts_;
};

}  // namespace sesam::n200
