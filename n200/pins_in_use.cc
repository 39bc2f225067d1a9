// SPDX-License-Identifier: Apache-2.0
#include "n200/pins_in_use.h"

namespace sesam::n200 {

PinsInUse::Pin PinsInUse::add(std::string_view pin) {
  Pin made(new Secret(pin), [this](const Secret* secret) {
    forget(secret);
    delete secret;
  });
  Pin present;  // released after the lock, like `made`: their deleter locks, too
  {
    const ProcessLock lock(mutex_);
    const auto found = pins_.find(pin);
    if (found != pins_.end()) present = found->second.lock();
    if (present) return present;
    if (found != pins_.end()) pins_.erase(found);  // its last user is just releasing it
    pins_.emplace(made->reveal(), made);
  }
  return made;
}

// A new entry with the same bytes may have replaced it.
void PinsInUse::forget(const Secret* pin) noexcept {
  const ProcessLock lock(mutex_);
  const auto found = pins_.find(pin->reveal());
  if (found != pins_.end() && found->first.data() == pin->reveal().data()) pins_.erase(found);
}

std::vector<PinsInUse::Pin> PinsInUse::all() {
  std::vector<Pin> pins;
  const ProcessLock lock(mutex_);
  pins.reserve(pins_.size());
  for (const auto& [bytes, pin] : pins_)
    if (auto living = pin.lock()) pins.push_back(std::move(living));
  return pins;
}

}  // namespace sesam::n200
