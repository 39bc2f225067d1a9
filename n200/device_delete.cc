// SPDX-License-Identifier: Apache-2.0
// Deletes keys: like making them, nothing to be asked for twice.
#include <algorithm>
#include <utility>

#include "n200/device.h"
#include "n200/key_cache.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{1000};

// After these the device may have deleted the key, or still be at it.
bool may_be_at_work(Reason reason) noexcept {
  return reason == Reason::connection_lost || reason == Reason::timed_out;
}

// After these it may have deleted the key, and has said so in a way that cannot be read.
bool outcome_is_unknown(Reason reason) noexcept {
  return may_be_at_work(reason) || reason == Reason::bad_reply || reason == Reason::http_status ||
         reason == Reason::reply_field_missing || reason == Reason::reply_too_large;
}

}  // namespace

Result<void> Device::request_removal(const KeyHandle& key, const Doing& doing) {
  const std::string core = std::to_string(key.core);
  Exchange asking{
      Operation::remove,    {}, doing, kReplyCapBytes, deadline(), Repetition::harmful, key.pin.reveal(),
      key.pin_verdict.get()};
  asking.values.set(Placeholder::core, core)
      .set(Placeholder::key_id, key.key_id)
      .set(Placeholder::token, key.token)
      .set(Placeholder::name, key.nice_name)
      .set(Placeholder::pin, asking.pin);
  SESAM_TRY(document, exchange_with_pin(asking));
  auto said = document.text(options_.wire.row(asking.operation).reply_path);
  return said ? Result<void>() : error_of(doing, said.error().reason, said.error().detail);
}

// Looks until the key is gone or the deadline comes, though the device may be out of reach for a while.
Result<void> Device::removal_of_lost_answer(const KeyHandle& key, const Doing& doing, Reason lost) {
  const auto until = deadline();
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto left = keys_named(key.key_id, until);
    if (left && (*left)->empty()) return {};
    const bool look_again =
        left ? may_be_at_work(lost)
             : may_be_at_work(left.error().reason) || left.error().reason == Reason::cannot_connect;
    if (look_again && Clock::now() + pause < until) {
      pipeline_->rest_until(Clock::now() + pause);
      continue;
    }
    return left ? error_of(doing, lost, "the answer was lost, and the key is still there")
                : error_of(doing, lost,
                           "the answer was lost, and whether the key is still there is not known: " +
                               left.error().detail);
  }
}

Result<void> Device::remove(const KeyHandle& key) {
  const Doing doing{"deleting", key.description(), endpoint_url()};
  auto removed = request_removal(key, doing);
  for (const auto& name : {key.key_id, key.token, key.nice_name})
    process_state<KeyCache>().forget(cache_name_of_key(name));
  if (!removed && removed.error().reason == Reason::unknown_key)
    return replaced_or(std::move(removed).error(), key, deadline());
  if (removed || !outcome_is_unknown(removed.error().reason)) return removed;
  return removal_of_lost_answer(key, doing, removed.error().reason);
}

}  // namespace sesam::n200
