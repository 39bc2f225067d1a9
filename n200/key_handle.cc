// SPDX-License-Identifier: Apache-2.0
#include "n200/key_handle.h"

#include <utility>
#include <vector>

#include "n200/pin_verdicts.h"
#include "n200/pins_in_use.h"
#include "n200/redaction.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMinBytesInNames = 8;  // of a secret that is redacted from a key's names

}  // namespace

KeyHandle::KeyHandle(std::string id, std::string token_label, std::string name, unsigned in_core,
                     Secret its_pin, std::span<const std::string_view> secrets,
                     std::span<const std::string> nodes)
    : key_id(std::move(id)),
      token(std::move(token_label)),
      nice_name(std::move(name)),
      core(in_core),
      pin(std::move(its_pin)) {
  std::vector<std::string_view> all(secrets.begin(), secrets.end());
  all.push_back(pin.reveal());
  // A short PIN occurs in many names by chance, and the redacted part would reveal it.
  std::erase_if(all, [](std::string_view secret) { return secret.size() < kMinBytesInNames; });
  shown_id_ = redact(key_id, all);
  shown_name_ = redact(nice_name, all);
  description_ = "key '" + shown_name_ + "' (" + shown_id_ + ")";
  if (pin.empty()) return;
  pin_verdicts = std::make_shared<PinVerdicts>(process_state<SharedVerdicts>(), nodes, key_id, pin.reveal());
  pin_in_use_ = process_state<PinsInUse>().add(pin.reveal());
}

}  // namespace sesam::n200
