// SPDX-License-Identifier: Apache-2.0
#include "n200/key_standing.h"

#include <algorithm>
#include <utility>

#include "base/ascii_case.h"

namespace sesam::n200 {
namespace {

Bytes public_part_of(const KeyRecord& record) {
  Bytes part = record.public_key;
  part.insert(part.end(), record.modulus.begin(), record.modulus.end());
  part.insert(part.end(), record.exponent.begin(), record.exponent.end());
  return part;
}

constexpr std::size_t kFewKeys = 64;

// The zero byte separates: no device's identity contains one.
std::string of_device(const KeyQuestion& question, const std::string& name) {
  return std::string(question.device).append(1, '\0').append(name);
}

// Visits the open standings of one name. Closed ones are dropped; otherwise a key that is opened repeatedly
// would accumulate them here.
template <class Index, class Visit>
void visit(Index& index, const std::string& name, const Visit& visit_one) {
  const auto [first, last] = index.equal_range(name);
  for (auto entry = first; entry != last;) {
    if (const auto standing = entry->second.lock()) {
      visit_one(standing);
      ++entry;
    } else {
      entry = index.erase(entry);
    }
  }
}

}  // namespace

KeyStanding::KeyStanding(KeyQuestion question, const KeyRecord& record)
    : question_(std::move(question)), key_id_(record.key_id), public_part_(public_part_of(record)) {}

bool KeyStanding::is_of(const KeyQuestion& question, const KeyRecord& record) const {
  return question_ == question && equal_ignoring_case(key_id_, record.key_id) &&
         public_part_ == public_part_of(record);
}

void KeyStanding::check_against(const KeyRecord& same_key_id) {
  if (same_key_id.has_public_part() && public_part_of(same_key_id) != public_part_)
    replaced_.store(true, std::memory_order_release);
}

void KeyStanding::check_against(const std::vector<KeyRecord>& answer) {
  const auto is_mine = [&](const KeyRecord& one) { return equal_ignoring_case(one.key_id, key_id_); };
  if (std::ranges::none_of(answer, is_mine)) replaced_.store(true, std::memory_order_release);
}

// A replaced standing stays replaced: even if the same key is back on the device, users of its earlier handle
// were told that it was replaced.
std::shared_ptr<KeyStanding> KeyStandings::of(const KeyQuestion& question, const KeyRecord& record) {
  const ProcessLock lock(mutex_);
  std::shared_ptr<KeyStanding> found;
  visit(by_question_, of_device(question, question.name), [&](const std::shared_ptr<KeyStanding>& known) {
    if (!known->is_replaced() && known->is_of(question, record)) found = known;
  });
  if (found) return found;
  forget_closed();
  found = std::make_shared<KeyStanding>(question, record);
  by_question_.emplace(of_device(question, question.name), found);
  by_key_id_.emplace(of_device(question, ascii_lower_of(record.key_id)), found);
  return found;
}

// Runs at each doubling, so the amortized cost per key is constant.
void KeyStandings::forget_closed() {
  const auto entries = [&] { return std::max(by_question_.size(), by_key_id_.size()); };
  if (entries() < forget_at_) return;
  const auto is_closed = [](const auto& entry) { return entry.second.expired(); };
  std::erase_if(by_question_, is_closed);
  std::erase_if(by_key_id_, is_closed);
  forget_at_ = std::max(kFewKeys, 2 * entries());
}

void KeyStandings::check_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer) {
  if (answer.empty()) return;
  const ProcessLock lock(mutex_);
  for (const auto& record : answer)
    visit(by_key_id_, of_device(question, ascii_lower_of(record.key_id)),
          [&](const std::shared_ptr<KeyStanding>& known) { known->check_against(record); });
  visit(by_question_, of_device(question, question.name),
        [&](const std::shared_ptr<KeyStanding>& known) { known->check_against(answer); });
}

std::size_t KeyStandings::remembered() const {
  const ProcessLock lock(mutex_);
  return std::max(by_question_.size(), by_key_id_.size());
}

}  // namespace sesam::n200
