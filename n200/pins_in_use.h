// SPDX-License-Identifier: Apache-2.0
// The PINs of the keys that this process has open: a device may quote one while it is asked about another
// key.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/process_state.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Process-wide state. Equal PINs are one.
class PinsInUse {
 public:
  using Pin = std::shared_ptr<const Secret>;

  /// In use as long as anybody holds what is returned.
  Pin add(std::string_view pin);
  std::vector<Pin> all();

 private:
  void forget(const Secret* pin) noexcept;

  ProcessMutex mutex_{MutexRank::pins_in_use};
  std::map<std::string_view, std::weak_ptr<const Secret>> pins_
      SESAM_GUARDED_BY(mutex_);  // by the bytes of the one that is pointed to
};

}  // namespace sesam::n200
