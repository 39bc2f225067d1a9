// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include "n200/account.h"
#include "n200/find_key.h"
#include "n200/lost_answer.h"
#include "n200/signature_proof.h"

namespace sesam::n200 {
namespace {

Change request_removal(Exchanger& exchanger, const KeyHandle& key, const OperationContext& doing) {
  const std::string core = std::to_string(key.core);
  Exchange asking{.operation = Operation::remove,
                  .doing = doing,
                  .deadline = exchanger.deadline(),
                  .kind = OperationKind::changing};
  asking.set_key(key, core);
  return request_change(exchanger, asking);
}

Result<void> removal_of_lost_answer(Exchanger& exchanger, const KeyHandle& key, const OperationContext& doing,
                                    const Change& lost) {
  const OperationContext at_node{doing.what, doing.key, exchanger.url_of(lost.node)};
  const auto left = look_until(exchanger, Awaited::gone, key.key_id, lost);
  if (!left) return unknown_outcome(at_node, "whether the key still exists", lost, left.error());
  if ((*left)->empty()) return {};
  return error_of(at_node, lost.error.reason, "no response received, and the key still exists");
}

// Sets `node` to the one that was asked.
Result<void> delete_in_device(Exchanger& exchanger, const KeyHandle& key, std::string_view& node) {
  const OperationContext doing{"deleting", key.description(), exchanger.endpoint_url()};
  const Change removed = request_removal(exchanger, key, doing);
  node = exchanger.url_of(removed.node);
  if (key.proof && (removed.outcome_unknown || removed.error.reason == Reason::none)) key.proof->deleted();
  forget_key(exchanger, key);
  if (removed.outcome_unknown) return removal_of_lost_answer(exchanger, key, doing, removed);
  if (removed.error.reason == Reason::unknown_key)
    return replaced_or(exchanger, removed.error, key, exchanger.deadline());
  return removed.error.reason == Reason::none ? Result<void>() : Result<void>(removed.error);
}

}  // namespace

Result<void> delete_key(Exchanger& exchanger, const KeyHandle& key) {
  Account account(exchanger, "delete");
  name_key(account.record, key);
  SESAM_CHECK(account.begin());
  auto outcome = delete_in_device(exchanger, key, account.record.node);
  return account.end(std::move(outcome), "the key is deleted");
}

}  // namespace sesam::n200
