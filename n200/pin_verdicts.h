// SPDX-License-Identifier: Apache-2.0
// PINs that the device refused: never sent twice by one process, because the device may lock the key.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/process_state.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Process-wide state.
class PinVerdicts {
 public:
  void refuse(std::string_view key_id, std::string_view pin);
  bool refused(std::string_view key_id, std::string_view pin) noexcept;

 private:
  ProcessMutex mutex_{MutexRank::pins};
  std::vector<std::pair<std::string, Secret>> refused_;
  std::atomic<bool> any_{false};  // spares the hot path the lock
};

}  // namespace sesam::n200
