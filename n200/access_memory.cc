// SPDX-License-Identifier: Apache-2.0
#include "n200/access_memory.h"

#include <algorithm>
#include <chrono>

#include "n200/signature_proof.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

RefusedAccess& memory() { return process_state<RefusedAccess>(); }

Error marked(const OperationContext& doing, const RefusedAccess::Refusal& refusal,
             RefusedAccess::Clock::time_point now) {
  const auto ago = duration_cast<milliseconds>(now - refusal.at);
  const auto next = duration_cast<milliseconds>(refusal.next_try - now);
  return error_of(doing, refusal.error.reason,
                  refusal.error.detail + " (" + std::to_string(ago.count()) +
                      " ms ago; this request was not sent; next attempt in " +
                      std::to_string(std::max<milliseconds::rep>(next.count(), 0)) + " ms)");
}

// Removes the prefix that error_of() put before the problem: it names one caller's key.
Error without_context(const OperationContext& doing, const Error& error) {
  const std::string context = error_of(doing, Reason::none, {}).detail + ": ";
  return {error.reason,
          error.detail.starts_with(context) ? error.detail.substr(context.size()) : error.detail};
}

bool has(const std::atomic<NodeSet>& nodes, std::size_t node) noexcept {
  return (nodes.load(std::memory_order_relaxed) & node_set(node)) != 0;
}

}  // namespace

AccessMemory::AccessMemory(const transport::Options& connection, bool remembers_refusals)
    : remembers_refusals_(remembers_refusals) {
  for (const auto& url : connection.urls)
    logins_.push_back(memory().login(url, connection.user, connection.password));
}

// Identifies node, user, password and command, and the key if the refusal may be about that.
std::string AccessMemory::name_of(const Exchange& exchange, bool of_the_key) const {
  std::string name = std::to_string(logins_[exchange.node]) + "." + std::to_string(exchange.password_number) +
                     "|" + std::to_string(static_cast<unsigned>(exchange.operation));
  if (!of_the_key) return name;
  for (const auto placeholder :
       {Placeholder::key_id, Placeholder::name, Placeholder::type, Placeholder::core})
    name += "|" + std::string(exchange.values.text(placeholder));
  return name;
}

std::optional<RefusedAccess::Refusal> AccessMemory::refusal_for(const Exchange& exchange) const {
  if (!remembers_refusals_ || memory().is_empty()) return std::nullopt;
  const std::string of_all_keys = name_of(exchange, false);
  auto refusal = memory().ask(of_all_keys, exchange.deadline);
  if (!refusal) {
    refusal = memory().ask(name_of(exchange, true), exchange.deadline);
    if (refusal) memory().unanswered(of_all_keys);  // not sent: let the next caller try
  }
  if (refusal) refusal->error = marked(exchange.doing, *refusal, RefusedAccess::Clock::now());
  return refusal;
}

void AccessMemory::note(const Exchange& exchange, ReplyKind kind, const Error* error,
                        RefusedAccess::Clock::time_point begun) {
  if (kind == ReplyKind::good) note_authorized(exchange);
  if (!remembers_refusals_ || (kind != ReplyKind::no_access && memory().is_empty())) return;
  // 401 is about user or password; anything else may be about the key.
  const bool of_the_key = exchange.status != transport::http_status::kUnauthorized;
  switch (kind) {
    case ReplyKind::no_access:
      if (of_the_key) memory().note_authorized(name_of(exchange, false), begun);
      memory().refused(name_of(exchange, of_the_key), without_context(exchange.doing, *error),
                       exchange.status, was_authorized(exchange, of_the_key));
      break;
    case ReplyKind::good:
    case ReplyKind::unknown_key:
    case ReplyKind::wrong_pin:
    case ReplyKind::refused:
      for (const bool key_too : {false, true}) memory().note_authorized(name_of(exchange, key_too), begun);
      break;
    default:
      for (const bool key_too : {false, true}) memory().unanswered(name_of(exchange, key_too));
  }
}

// In the common case this writes nothing that threads share.
void AccessMemory::note_authorized(const Exchange& exchange) noexcept {
  auto& nodes = authorized_[static_cast<std::size_t>(exchange.operation)];
  if (!has(nodes, exchange.node)) nodes.fetch_or(node_set(exchange.node), std::memory_order_relaxed);
  if (exchange.proof != nullptr) exchange.proof->note_authorized(exchange.node);
}

bool AccessMemory::was_authorized(const Exchange& exchange, bool of_the_key) const noexcept {
  if (of_the_key && exchange.proof != nullptr) return exchange.proof->was_authorized(exchange.node);
  return has(authorized_[static_cast<std::size_t>(exchange.operation)], exchange.node);
}

}  // namespace sesam::n200
