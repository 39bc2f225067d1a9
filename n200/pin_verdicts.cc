// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>

namespace sesam::n200 {

void PinVerdicts::refuse(std::string_view key_id, std::string_view pin) {
  if (refused(key_id, pin)) return;
  const std::lock_guard lock(mutex_);
  refused_.emplace_back(key_id, Secret(pin));
  any_.store(true, std::memory_order_release);
}

bool PinVerdicts::refused(std::string_view key_id, std::string_view pin) noexcept {
  if (!any_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  return std::any_of(refused_.begin(), refused_.end(), [&](const auto& entry) {
    const auto known = entry.second.reveal();
    return entry.first == key_id && known.size() == pin.size() && CRYPTO_memcmp(known.data(), pin.data(), pin.size()) == 0;
  });
}

}  // namespace sesam::n200
