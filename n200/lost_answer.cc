// SPDX-License-Identifier: Apache-2.0
#include "n200/lost_answer.h"

#include <algorithm>
#include <new>
#include <utility>

#include "n200/find_key.h"
#include "n200/key_cache.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kMaxPause{1000};

// A gateway that got no reply says so (RFC 9110, sections 15.6.3 and 15.6.5).
bool may_be_at_work(const Error& error, int status) noexcept {
  return is_without_reply(error.reason) || status == transport::http_status::kBadGateway ||
         status == transport::http_status::kGatewayTimeout;
}

Change send_change(Exchanger& exchanger, Exchange& asking) try {
  auto document = exchanger.exchange(asking);
  if (!document) {
    const bool at_work = may_be_at_work(document.error(), asking.status);
    return {std::move(document).error(), {}, asking.node, asking.outcome_unknown, at_work};
  }
  asking.outcome_unknown = true;  // until the answer is read
  if (const Error* reported = document->reported_error()) {
    exchanger.log().write(LogLevel::failures,
                          reported->detail + "; the reply contradicts it: looking up the key");
    return {*reported, {}, asking.node, true};
  }
  auto answer = exchanger.answer_of(asking, *document);
  if (!answer) return {std::move(answer).error(), {}, asking.node, true};
  return {{Reason::none, {}}, std::string(*answer), asking.node, false};
} catch (const std::bad_alloc&) {
  if (!asking.outcome_unknown) throw;
  return {{Reason::out_of_memory, {}}, {}, asking.node, true};
}

}  // namespace

Change request_change(Exchanger& exchanger, Exchange& asking) {
  Change change = send_change(exchanger, asking);
  process_state<KeyCache>().forget_all();
  return change;
}

bool is_without_reply(Reason reason) noexcept {
  return reason == Reason::connection_lost || reason == Reason::timed_out;
}

Result<KeyRecords> look_until(Exchanger& exchanger, Awaited awaited, const std::string& name,
                              const Change& lost) {
  const auto until = exchanger.deadline();
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kMaxPause)) {
    auto found = keys_named(exchanger, name, until, lost.node);
    process_state<KeyCache>().forget_all();  // another thread may have looked the key up before it changed
    if (found && (*found)->empty() == (awaited == Awaited::gone)) return found;
    const bool look_again =
        found ? lost.may_be_at_work
              : is_without_reply(found.error().reason) || found.error().reason == Reason::cannot_connect;
    const auto next = Exchanger::Clock::now() + pause;
    if (!look_again || next >= until) return found;
    exchanger.pipeline().rest_until(next);
  }
}

Error unknown_outcome(const OperationContext& doing, std::string_view question, const Change& lost,
                      const Error& look_up) {
  return error_of(doing, Reason::outcome_unknown,
                  "it is not known " + std::string(question) + " (" + text_of(lost.error.reason) + ", then " +
                      text_of(look_up.reason) + "): " + look_up.detail);
}

}  // namespace sesam::n200
