// SPDX-License-Identifier: Apache-2.0
#include "n200/reply_judge.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "n200/expected_reply.h"
#include "n200/pin_verdicts.h"
#include "n200/reply_members.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

namespace http = transport::http_status;

Reason reason_for_any_status(int status) noexcept {
  return status >= http::kRedirection && status < http::kClientError ? Reason::http_status
                                                                     : reason_for_status(status);
}

// A list, or a text alone, is read as if it were at the wire row's reply path.
Result<ReplyDocument> parse_reply(WipedText& body, const WireRow& row) {
  auto document = ReplyDocument::parse_in_place(body);
  if (document || !(body.starts_with('[') || body.starts_with('"'))) return document;
  WipedText wrapped;
  for (const auto& name : row.reply_path) wrapped.append("{\"").append(name).append("\":");
  wrapped.append(body).append(row.reply_path.size(), '}');
  auto inside = ReplyDocument::parse_in_place(wrapped);
  return inside ? std::move(inside) : std::move(document);
}

bool is_secret(const Exchange& exchange) noexcept { return exchange.operation == Operation::decrypt; }

// Whether the caller can find out if the answer is right.
bool can_be_checked(Operation operation) noexcept {
  const Answer answer = answer_to(operation);
  return answer == Answer::ecdsa_signature || answer == Answer::plain_signature || answer == Answer::records;
}

}  // namespace

KnownSecrets ReplyJudge::secrets() const {
  KnownSecrets known(connection_, passwords_, options_);
  known.add_pins_in_use();
  return known;
}

Result<ReplyDocument> ReplyJudge::judge(Exchange& exchange, transport::Reply& reply) {
  if (reply.failure != transport::Failure::none) {
    reply.message = secrets().redacted(reply.message);  // it quotes the peer's certificate
    return transport_error(exchange.doing, reply, connection_.ca_path);
  }
  const WireRow& row = options_.wire.row(exchange.operation);
  auto document = parse_reply(reply.body, row);
  exchange.is_json = static_cast<bool>(document);
  const auto checked = document ? check_reply(*document, {exchange.operation, row, exchange.expected_bytes})
                                : Result<void>(document.error());
  if (!checked || reason_for_status(reply.status) != Reason::none) {
    const std::string_view body = document ? document->body() : std::string_view(reply.body);
    return refused(exchange, reply, read_words(exchange, body, reply.status), checked.error());
  }
  if (document->may_report_error()) [[unlikely]] {
    auto noted = note_error(exchange, reply, *document);
    if (!noted) return std::move(noted).error();
    if (document->reported_error() != nullptr) return document;
  }
  login_.authorized(request_of(exchange), ProvenLogin::Clock::now());
  return document;
}

ProvenLogin::Request ReplyJudge::request_of(const Exchange& exchange) const {
  const bool is_get = options_.wire.row(exchange.operation).method == transport::Method::get;
  return {exchange.operation, is_get, exchange.node, exchange.password_number};
}

// The device may quote secrets of the request that it refuses, or of another one.
Error ReplyJudge::refusal(const Exchange& exchange, Reason reason, const DeviceWords& words) const {
  KnownSecrets known = secrets();
  known.add(exchange.pin).add(exchange.secret_sent);
  return device_error(exchange.doing, reason, words, known.all());
}

// Calls `read` with the body, and with what it may repeat of the request.
template <typename Read>
auto ReplyJudge::with_context(const Exchange& exchange, std::string_view body, Read read) const {
  const WireRow& row = options_.wire.row(exchange.operation);
  std::vector<std::string> fields;
  std::ranges::transform(row.fields, std::back_inserter(fields), &Field::name);
  const std::string_view names[] = {exchange.values.text(Placeholder::key_id),
                                    exchange.values.text(Placeholder::token),
                                    exchange.values.text(Placeholder::name)};
  return read(UnexpectedReply{body, fields, names, row.reply_path.front(), is_secret(exchange)});
}

Refusal ReplyJudge::read_words(const Exchange& exchange, std::string_view body, int status) const {
  if (is_secret(exchange) && status < http::kClientError && !trimmed(body).starts_with('{')) return {};
  return with_context(exchange, body, read_refusal);
}

// An error that is not understood may be none: {"error": "cluster not in sync"}.
Result<void> ReplyJudge::note_error(const Exchange& exchange, const transport::Reply& reply,
                                    ReplyDocument& document) const {
  const auto words = with_context(exchange, document.body(), read_error_beside_answer);
  if (!words) return {};
  Error error = refused(exchange, reply, *words, {Reason::device_error, {}});
  const bool is_understood = words->meaning.reason != Reason::device_error;
  if (exchange.kind != OperationKind::changing && (is_understood || !can_be_checked(exchange.operation)))
    return error;
  document.set_reported_error(std::move(error));
  return {};
}

// `problem` says what is wrong with the reply, in case the device does not.
Error ReplyJudge::refused(const Exchange& exchange, const transport::Reply& reply, const Refusal& words,
                          const Error& problem) const {
  const Reason by_status = reason_for_any_status(reply.status);
  Reason reason = words.meaning.reason;
  const bool is_understood = reason != Reason::device_error;
  const bool is_explained = is_understood || words.meaning.is_error || by_status != Reason::none;
  if (!is_understood && by_status != Reason::none)
    reason = by_status;
  else if (!is_explained)
    reason = problem.reason;
  if (words.meaning.names_pin && !exchange.pin.empty() && exchange.pin_verdicts != nullptr)
    exchange.pin_verdicts->of(exchange.node).refused();
  if (reason == Reason::access_denied &&
      login_.is_right_for(request_of(exchange), ProvenLogin::Clock::now()) &&
      reply.status == http::kForbidden)
    reason = Reason::no_access_rule;
  std::string_view our_words = is_explained ? std::string_view() : problem.detail;
  if (reason == Reason::wrong_pin && !words.meaning.names_pin) our_words = kKeyIsLocked;
  return refusal(exchange, reason, {reply.status, words.said, our_words, reply.location});
}

Result<void> ReplyJudge::without_records(const Exchange& exchange, const ReplyDocument& document,
                                         const Result<void>& taken) const {
  const Refusal words = read_words(exchange, document.body(), exchange.status);
  if (taken && !words.meaning.is_error) return {};
  transport::Reply reply;
  reply.status = exchange.status;
  return refused(exchange, reply, words, taken.error());
}

}  // namespace sesam::n200
