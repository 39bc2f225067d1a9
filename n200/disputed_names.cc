// SPDX-License-Identifier: Apache-2.0
#include "n200/disputed_names.h"

namespace sesam::n200 {

void DisputedNames::add(const std::string& name) {
  const ProcessLock lock(mutex_);
  if (names_.size() < kMaxNames) names_.insert(name);
}

bool DisputedNames::contains(const std::string& name) {
  const ProcessLock lock(mutex_);
  return names_.size() >= kMaxNames || names_.contains(name);
}

}  // namespace sesam::n200
