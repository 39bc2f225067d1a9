// SPDX-License-Identifier: Apache-2.0
// Names under which the device made another key than requested. Each further attempt would leave one more
// such key on the device, and programs such as named retry under different names.
#pragma once

#include <set>
#include <string>

#include "base/process_state.h"

namespace sesam::n200 {

/// Process-wide state; each name is prefixed with the identity of its device.
class DisputedNames {
 public:
  void add(const std::string& name);
  bool contains(const std::string& name);

  static constexpr std::size_t kMaxNames = 8;  ///< with that many the process makes no key at all

 private:
  ProcessMutex mutex_{MutexRank::disputed_names};
  std::set<std::string, std::less<>> names_ SESAM_GUARDED_BY(mutex_);
};

}  // namespace sesam::n200
