// SPDX-License-Identifier: Apache-2.0
#include "n200/outcome.h"

#include <cstddef>

#include "n200/failures.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

using transport::Failure;

namespace http = transport::http_status;

// For a reply whose content says nothing more specific.
ReplyKind kind_of_status(int status, bool is_json) noexcept {
  switch (status) {
    case http::kMisdirectedRequest:
      return ReplyKind::line;
    case http::kTooManyRequests:
    case http::kServiceUnavailable:
      return ReplyKind::busy;
    case http::kBadGateway:
    case http::kGatewayTimeout:
      return ReplyKind::silent;
    default:
      if (status >= http::kInternalServerError) return ReplyKind::server_error;
      const bool is_redirection = status >= http::kRedirection && status < http::kClientError;
      return is_redirection || !is_json ? ReplyKind::page : ReplyKind::refused;
  }
}

// An action, or a pair of which surely_not_done selects one.
enum class Cell : std::uint8_t {
  deliver,
  repeat,
  fail_over,
  unknown,
  repeat_or_unknown,
  fail_over_or_unknown,
  deliver_or_unknown,
};
using enum Cell;

// reading, signing, changing
constexpr Cell kTable[][3] = {
    {deliver, deliver, deliver},                   // good
    {repeat, repeat, repeat_or_unknown},           // line
    {repeat, repeat, repeat_or_unknown},           // unreachable
    {repeat, repeat, repeat_or_unknown},           // silent
    {repeat, repeat, repeat_or_unknown},           // busy
    {fail_over, fail_over, fail_over_or_unknown},  // untrusted: an alert may follow the request
    {fail_over, fail_over, unknown},               // server_error
    {fail_over, fail_over, unknown},               // garbage
    {fail_over, fail_over, unknown},               // page
    {fail_over, fail_over, deliver},               // no_access
    {deliver, fail_over, deliver},                 // unknown_key
    {deliver, fail_over, deliver},                 // wrong_pin
    {deliver, deliver, deliver},                   // refused
    {repeat, repeat, repeat_or_unknown},           // local_limit
    {deliver, deliver, deliver_or_unknown},        // local
};
static_assert(sizeof kTable / sizeof *kTable == static_cast<std::size_t>(ReplyKind::count));

}  // namespace

ReplyKind kind_of(Failure failure, int status, Reason judged, bool is_json) noexcept {
  if (failure != Failure::none) return meaning_of(failure).kind;
  switch (judged) {
    case Reason::none:
      return ReplyKind::good;
    case Reason::access_denied:
    case Reason::no_access_rule:
      return ReplyKind::no_access;
    case Reason::unknown_key:
      return ReplyKind::unknown_key;
    case Reason::wrong_pin:
      return ReplyKind::wrong_pin;
    case Reason::http_status:
    case Reason::device_busy:
    case Reason::server_error:
    case Reason::device_error:
      return kind_of_status(status, is_json);
    case Reason::bad_reply:
    case Reason::reply_field_missing:
      return status >= http::kInternalServerError ? kind_of_status(status, is_json) : ReplyKind::garbage;
    default:
      return ReplyKind::refused;
  }
}

Action action_after(ReplyKind kind, OperationKind operation, bool surely_not_done) noexcept {
  switch (kTable[static_cast<std::size_t>(kind)][static_cast<std::size_t>(operation)]) {
    case repeat:
      return Action::repeat;
    case fail_over:
      return Action::fail_over;
    case unknown:
      return Action::outcome_unknown;
    case repeat_or_unknown:
      return surely_not_done ? Action::repeat : Action::outcome_unknown;
    case fail_over_or_unknown:
      return surely_not_done ? Action::fail_over : Action::outcome_unknown;
    case deliver_or_unknown:
      return surely_not_done ? Action::deliver : Action::outcome_unknown;
    case deliver:
      break;
  }
  return Action::deliver;
}

// A 503 usually means that nothing was done, but not always.
bool surely_not_done(const transport::Reply& reply) noexcept {
  return !reply.may_have_acted || reply.status == http::kMisdirectedRequest ||
         reply.status == http::kTooManyRequests;
}

// One broken connection is not enough: libcurl may close it because of a single stream, and a restarting node
// breaks it once.
bool is_of_the_node(ReplyKind kind, unsigned number, bool answers_others) noexcept {
  switch (kind) {
    case ReplyKind::line:
      return number > 1;
    case ReplyKind::silent:
      return !answers_others;
    case ReplyKind::unreachable:
    case ReplyKind::busy:
    case ReplyKind::untrusted:
    case ReplyKind::server_error:
    case ReplyKind::garbage:
    case ReplyKind::no_access:
      return true;
    default:
      return false;
  }
}

bool is_unanswered(ReplyKind kind, const transport::Reply& reply) noexcept {
  if (reply.failure == Failure::none || reply.server_answers_others) return false;
  return kind == ReplyKind::line || kind == ReplyKind::unreachable || kind == ReplyKind::silent;
}

}  // namespace sesam::n200
