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

// After these the device may still be at it.
bool may_be_at_work(Reason reason) noexcept {
  return reason == Reason::connection_lost || reason == Reason::timed_out;
}

}  // namespace

Device::Change Device::request_removal(const KeyHandle& key, const Doing& doing) {
  const std::string core = std::to_string(key.core);
  Exchange asking{
      Operation::remove,    {}, doing, kReplyCapBytes, deadline(), OperationKind::changing, key.pin.reveal(),
      key.pin_verdict.get()};
  asking.values.set(Placeholder::core, core)
      .set(Placeholder::key_id, key.key_id)
      .set(Placeholder::token, key.token)
      .set(Placeholder::name, key.nice_name)
      .set(Placeholder::pin, asking.pin);
  auto document = exchange_with_pin(asking);
  if (!document) return {std::move(document).error(), {}, asking.node, asking.outcome_unknown};
  auto said = document->text(options_.wire.row(asking.operation).reply_path);
  if (!said) return {error_of(asking.doing, said.error().reason, said.error().detail), {}, asking.node, true};
  return {{Reason::none, {}}, {}, asking.node, false};
}

// Looks until the key is gone or the deadline comes, though the node may be out of reach for a while. The
// node that got the request knows, and no other.
Result<void> Device::removal_of_lost_answer(const KeyHandle& key, const Doing& doing, const Change& lost) {
  const Doing at_node{doing.what, doing.key, url_of(lost.node)};
  const auto until = deadline();
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto left = keys_named(key.key_id, until, lost.node);
    if (left && (*left)->empty()) return {};
    const Reason reason = left ? lost.error.reason : left.error().reason;
    const bool look_again = may_be_at_work(reason) || (!left && reason == Reason::cannot_connect);
    if (look_again && Clock::now() + pause < until) {
      pipeline_->rest_until(Clock::now() + pause);
      continue;
    }
    return left ? error_of(at_node, reason, "the answer was lost, and the key is still there")
                : error_of(at_node, Reason::outcome_unknown,
                           "whether the key is still there is not known (" +
                               std::string(text_of(lost.error.reason)) + ", then " + text_of(reason) +
                               "): " + left.error().detail);
  }
}

Result<void> Device::remove(const KeyHandle& key) {
  const Doing doing{"deleting", key.description(), endpoint_url()};
  const Change removed = request_removal(key, doing);
  if (key.proof && (removed.outcome_unknown || removed.error.reason == Reason::none)) key.proof->deleted();
  for (const auto& name : {key.key_id, key.token, key.nice_name})
    process_state<KeyCache>().forget(cache_name_of_key(name));
  if (removed.outcome_unknown) return removal_of_lost_answer(key, doing, removed);
  if (removed.error.reason == Reason::unknown_key) return replaced_or(removed.error, key, deadline());
  return removed.error.reason == Reason::none ? Result<void>() : Result<void>(removed.error);
}

}  // namespace sesam::n200
