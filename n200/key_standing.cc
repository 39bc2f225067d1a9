// SPDX-License-Identifier: Apache-2.0
#include "n200/key_standing.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace sesam::n200 {
namespace {

Bytes public_part_of(const KeyRecord& record) {
  Bytes part = record.public_key;
  part.insert(part.end(), record.modulus.begin(), record.modulus.end());
  part.insert(part.end(), record.exponent.begin(), record.exponent.end());
  return part;
}

}  // namespace

KeyStanding::KeyStanding(KeyQuestion question, const KeyRecord& record)
    : question_(std::move(question)), key_id_(record.key_id), public_part_(public_part_of(record)) {}

bool KeyStanding::is_of(const KeyQuestion& question, const KeyRecord& record) const {
  return question_ == question && key_id_ == record.key_id && public_part_ == public_part_of(record);
}

void KeyStanding::hold_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer) {
  if (answer.empty() || question_.device != question.device) return;
  const auto same = std::find_if(answer.begin(), answer.end(),
                                 [&](const KeyRecord& record) { return record.key_id == key_id_; });
  const bool replaced = same == answer.end()
                            ? question_ == question
                            : same->has_public_part() && public_part_of(*same) != public_part_;
  if (replaced) replaced_.store(true, std::memory_order_release);
}

// One that is replaced stays so: the same key may be back on the device, but who opened it before has been
// told otherwise.
std::shared_ptr<KeyStanding> KeyStandings::of(const KeyQuestion& question, const KeyRecord& record) {
  const std::lock_guard lock(mutex_);
  std::erase_if(standings_, [](const auto& standing) { return standing.expired(); });
  for (const auto& known : standings_)
    if (auto standing = known.lock();
        standing && !standing->is_replaced() && standing->is_of(question, record))
      return standing;
  auto standing = std::make_shared<KeyStanding>(question, record);
  standings_.push_back(standing);
  return standing;
}

void KeyStandings::hold_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer) {
  const std::lock_guard lock(mutex_);
  for (const auto& known : standings_)
    if (const auto standing = known.lock()) standing->hold_against(question, answer);
}

}  // namespace sesam::n200
