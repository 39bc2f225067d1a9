// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/ascii_case.h"
#include "n200/account.h"
#include "n200/find_key.h"
#include "n200/lost_answer.h"
#include "n200/reply_members.h"
#include "n200/signature_proof.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

// How long a node may still have a key that another node deleted, if they share their keys.
constexpr milliseconds kTimeToShare{1000}, kPause{100};

Change request_removal(Exchanger& exchanger, const KeyHandle& key, const OperationContext& doing,
                       OneNode node) {
  const std::string core = std::to_string(key.core);
  Exchange asking{.operation = Operation::remove,
                  .doing = doing,
                  .deadline = exchanger.deadline(),
                  .kind = OperationKind::changing,
                  .only_node = node,
                  .is_follow_up = node.has_value()};
  asking.set_key(key, core);
  return request_change(exchanger, asking);
}

Result<void> removal_of_lost_answer(Exchanger& exchanger, const KeyHandle& key, const OperationContext& doing,
                                    const Change& lost) {
  const OperationContext at_node{doing.what, doing.key, exchanger.url_of(lost.node)};
  const auto left = look_until(exchanger, Awaited::gone, key.key_id, lost);
  if (!left) return unknown_outcome(at_node, "whether the key still exists", lost, left.error());
  if ((*left)->empty()) return {};
  if (key.proof) key.proof->not_deleted();
  if (is_without_reply(lost.error.reason) || lost.error.detail.empty())
    return error_of(at_node, lost.error.reason, "no response received, and the key still exists");
  return Error{lost.error.reason, lost.error.detail + "; the key still exists"};
}

Result<bool> has_key(Exchanger& exchanger, const KeyHandle& key, std::size_t node,
                     Exchanger::Clock::time_point until) {
  SESAM_TRY(named, keys_named(exchanger, key.key_id, deadline_of_one_node(until), node));
  return std::ranges::any_of(
      *named, [&](const KeyRecord& record) { return equal_ignoring_case(record.key_id, key.key_id); });
}

OneNode another_with(Exchanger& exchanger, const KeyHandle& key, std::size_t without) {
  const auto until = exchanger.deadline();
  for (std::size_t node = 0; node < exchanger.node_count(); ++node) {
    if (node == without) continue;
    const auto has = has_key(exchanger, key, node, until);
    if (has && *has) return node;
  }
  return {};
}

Result<bool> keeps_key(Exchanger& exchanger, const KeyHandle& key, std::size_t node,
                       Exchanger::Clock::time_point until) {
  const auto patience = std::min(until, Exchanger::Clock::now() + kTimeToShare);
  for (;;) {
    SESAM_TRY(has, has_key(exchanger, key, node, until));
    const auto next = Exchanger::Clock::now() + kPause;
    if (!has || next >= patience) return has;
    exchanger.pipeline().rest_until(next);
  }
}

// The reply that names the key may only repeat the request.
Result<void> check_is_gone(Exchanger& exchanger, const KeyHandle& key, const OperationContext& doing,
                           std::size_t node) {
  const OperationContext at_node{doing.what, doing.key, exchanger.url_of(node)};
  const auto keeps = keeps_key(exchanger, key, node, exchanger.deadline());
  if (!keeps)
    return error_of(at_node, Reason::outcome_unknown,
                    "the device confirmed the deletion, but it is not known whether the key still exists: " +
                        keeps.error().detail);
  if (!*keeps) return {};
  if (key.proof) key.proof->not_deleted();
  return error_of(at_node, Reason::deletion_incomplete,
                  "the device confirmed the deletion, but the key still exists");
}

// Sets `node` to the node that got the request.
Result<void> delete_in_device(Exchanger& exchanger, const KeyHandle& key, std::size_t& node) {
  const OperationContext doing{"deleting", key.description(), exchanger.endpoint_url()};
  Change removed = request_removal(exchanger, key, doing, {});
  if (removed.error.reason == Reason::unknown_key && !removed.outcome_unknown)
    if (const auto other = another_with(exchanger, key, removed.node))
      removed = request_removal(exchanger, key, doing, other);
  node = removed.node;
  if (key.proof && (removed.outcome_unknown || removed.error.reason == Reason::none)) key.proof->deleted();
  if (removed.outcome_unknown) return removal_of_lost_answer(exchanger, key, doing, removed);
  if (removed.error.reason == Reason::unknown_key)
    return replaced_or(exchanger, removed.error, key, exchanger.deadline());
  if (removed.error.reason != Reason::none) return removed.error;
  return has_key_id_form(removed.answer) ? check_is_gone(exchanger, key, doing, node) : Result<void>();
}

// Nodes need not share their keys, so another node may still have the key and sign with it.
Result<void> check_no_node_keeps(Exchanger& exchanger, const KeyHandle& key, std::size_t deleted_at) {
  const auto until = exchanger.deadline();
  std::string left;
  for (std::size_t node = 0; node < exchanger.node_count(); ++node) {
    if (node == deleted_at) continue;
    const auto keeps = keeps_key(exchanger, key, node, until);
    const std::string url(exchanger.url_of(node));
    if (!keeps)
      left += "; whether " + url + " still has it is not known: " + keeps.error().detail;
    else if (*keeps)
      left += "; " + url + " still has it";
  }
  if (left.empty()) return {};
  return error_of({"deleting", key.description(), {}}, Reason::deletion_incomplete,
                  key.shown_id() + " was deleted from " + std::string(exchanger.url_of(deleted_at)) + left);
}

}  // namespace

Result<void> delete_key(Exchanger& exchanger, const KeyHandle& key) {
  Account account(exchanger, "delete");
  name_key(account.record, key);
  SESAM_CHECK(account.begin());
  std::size_t node = 0;
  auto outcome = delete_in_device(exchanger, key, node);
  account.record.node = exchanger.url_of(node);
  const bool is_deleted = static_cast<bool>(outcome);
  outcome = account.end(std::move(outcome), "the key is deleted");
  if (!is_deleted) return outcome;
  auto kept = check_no_node_keeps(exchanger, key, node);
  if (outcome || kept) return outcome ? std::move(kept) : std::move(outcome);
  return Error{outcome.error().reason, outcome.error().detail + "; " + kept.error().detail};
}

}  // namespace sesam::n200
