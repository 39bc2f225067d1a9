// SPDX-License-Identifier: Apache-2.0
// The PINs of the keys that this process has open: a device may quote one in a reply about another
// key.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/process_state.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Process-wide state. Equal PINs share one entry.
class PinsInUse {
 public:
  using Pin = std::shared_ptr<const Secret>;

  /// The PIN is in use as long as the returned pointer or a copy of it exists.
  Pin add(std::string_view pin);
  std::vector<Pin> all();

 private:
  void forget(const Secret* pin) noexcept;

  ProcessMutex mutex_{MutexRank::pins_in_use};
  std::map<std::string_view, std::weak_ptr<const Secret>> pins_
      SESAM_GUARDED_BY(mutex_);  // by the bytes of the PIN that is pointed to
};

}  // namespace sesam::n200
