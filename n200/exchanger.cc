// SPDX-License-Identifier: Apache-2.0
#include "n200/exchanger.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "metrics/counts.h"
#include "n200/retry.h"
#include "n200/signature_proof.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

// An operation that failed sooner than this did not wait for the device.
constexpr milliseconds kShortestSilence{500};

// Spreads retries. It need not be secret, so the application's random generator is not used.
double jitter() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto thread = std::hash<std::thread::id>{}(std::this_thread::get_id());
  return static_cast<double>((static_cast<std::size_t>(now) ^ thread * 0x9E3779B97F4A7C15U) % 1024) / 1023;
}

// The reply that stands for a remembered refusal.
transport::Reply reply_of(const RefusedAccess::Refusal& refusal) {
  transport::Reply reply;
  reply.failure = transport::Failure::none;
  reply.status = refusal.status;
  return reply;
}

// Failures that the operator must fix, unlike a restart or an outage, which passes by itself.
bool is_worth_a_report(ReplyKind kind) noexcept {
  return kind == ReplyKind::untrusted || kind == ReplyKind::server_error || kind == ReplyKind::garbage ||
         kind == ReplyKind::page || kind == ReplyKind::no_access;
}

// Why a busy device was not asked again.
std::string attempts_at_busy(unsigned attempts, std::chrono::seconds asked_for, milliseconds since_begun) {
  std::string text = "; " + std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts") + " in " +
                     std::to_string(since_begun.count()) + " ms";
  if (asked_for.count() > 0)
    text += ", the next one is allowed in " + std::to_string(asked_for.count()) + " s (Retry-After)";
  return text;
}

std::atomic<std::uint64_t> exchangers_made{0};

}  // namespace

Exchanger::Exchanger(std::shared_ptr<transport::Pipeline> pipeline, Options options,
                     std::shared_ptr<const Log> log, std::shared_ptr<const Audit> audit)
    : options_(std::move(options)),
      log_(std::move(log)),
      audit_(std::move(audit)),
      pipeline_(std::move(pipeline)),
      identity_(std::to_string(exchangers_made.fetch_add(1, std::memory_order_relaxed)) + "|"),
      nodes_(pipeline_->options().urls.size()),
      breaker_(nodes_.count()),
      access_(pipeline_->options(), options_.remembers_refusals),
      judge_(pipeline_->options(), pipeline_->passwords(), options_),
      password_renewal_(options_.password_file, log_) {
  const auto& urls = pipeline_->options().urls;
  for (std::size_t node = 0; node < urls.size(); ++node)
    nodes_.count_into(node, metrics::counts().of_node(urls[node]));
}

// The nodes that one operation has tried.
struct Exchanger::Trail {
  explicit Trail(NodeSet to_avoid) : avoid(to_avoid) {}

  void add(std::size_t node) noexcept {
    on_this_node = attempt != 0 && node == last ? on_this_node + 1 : 1;
    ++attempt;
    last = node;
    tried |= node_set(node);
  }
  // Nodes that do not fit into a NodeSet are not tracked and count as tried.
  bool has_tried(std::size_t node) const noexcept {
    return node >= kMaxNodesInSet || (tried & node_set(node)) != 0;
  }

  NodeSet avoid;
  NodeSet tried = 0;
  NodeSet away = 0;  // nodes whose failure may be temporary, such as a restart
  std::vector<std::pair<std::size_t, Error>> pages;  // nodes that returned one, see ReplyKind
  bool ends_with_page = false;                       // return the first page's error
  unsigned attempt = 0;
  unsigned on_this_node = 0;  // consecutive attempts on `last`
  std::size_t last = 0;
};

// Asks a node for the time, which every device reports.
void Exchanger::send_probe(std::size_t node, Clock::duration patience, const transport::HealthFlag& flag) {
  const Exchange asking{.operation = Operation::timestamp, .deadline = Clock::now() + patience};
  const Rendered rendered = render(row_of(asking), asking.values);
  transport::Request request = request_for(asking, rendered);
  request.endpoint = node;
  pipeline_->probe(request, flag);
}

// Probes a node that failed a while ago.
void Exchanger::probe_a_node() {
  constexpr milliseconds kMaxPatience{30'000};  // even if request_timeout_ms is longer
  const auto patience = std::min(milliseconds(pipeline_->options().request_timeout_ms), kMaxPatience);
  if (const auto node = nodes_.to_probe(Clock::now(), patience))
    send_probe(*node, patience, nodes_.health_of(*node));
}

// If the device did not respond to an earlier operation, this one fails at once instead of waiting for its
// own deadline.
Result<void> Exchanger::pass_breaker(const Exchange& exchange) {
  constexpr milliseconds kMaxWait{1000};
  const auto patience = std::min(milliseconds(options_.deadline_ms / 2), kMaxWait);
  while (!exchange.is_follow_up && !breaker_.is_closed()) {
    const auto verdict = breaker_.ask(Clock::now(), patience);
    switch (verdict.advice) {
      case Breaker::Advice::go:
        return {};
      case Breaker::Advice::send_probe:
        for (std::size_t node = 0; node < nodes_.count(); ++node)
          send_probe(node, Breaker::kProbeTime, breaker_.health_of(node));
        break;
      case Breaker::Advice::close:
        nodes_.found_healthy(verdict.node);
        breaker_.answered();
        return {};
      case Breaker::Advice::wait:
        pipeline_->rest_until(verdict.until, exchange.pauses_job);
        break;
      case Breaker::Advice::refuse:
        return error_of(exchange.doing, Reason::not_responding,
                        "the device did not respond " + std::to_string(verdict.silent_for.count()) +
                            " ms ago; next attempt in " + std::to_string(verdict.next_in.count()) + " ms");
    }
  }
  return {};
}

void Exchanger::note_failure(const Exchange& exchange, const transport::Reply& reply, const Error& error,
                             bool moves_on) const {
  // The operator must fix an untrusted address, as well as an untrusted node.
  const bool is_for_operator =
      reply.has_another_address &&
      is_worth_a_report(kind_of(reply.failure, reply.status, error.reason, exchange.is_json));
  const LogLevel level = is_for_operator ? LogLevel::failures : LogLevel::retries;
  if (!log_->wants(level)) return;
  const char* what = reply.has_another_address ? "trying another address: "
                     : moves_on                ? "trying another node: "
                                               : "retrying: ";
  std::string problem = reply.message;
  if (problem.empty())
    problem = reply.status == 200 ? text_of(error.reason) : "HTTP status " + std::to_string(reply.status);
  log_->write(level, error_of(exchange.doing, Reason::none, what + problem).detail);
}

// A node that is at fault is not used until a probe finds it healthy; a single node stays in use, because
// there is no other.
void Exchanger::note_health(const Exchange& exchange, const transport::Reply& reply, ReplyKind kind,
                            const Error* error, const Trail& trail) {
  if (reply.failure == transport::Failure::none) breaker_.answered();
  if (kind == ReplyKind::page && nodes_.count() > 1) return;  // shows neither
  const bool is_at_fault = is_of_the_node(kind, trail.on_this_node, reply.server_answers_others);
  if (nodes_.count() == 1 || !is_at_fault) {
    if (reply.failure == transport::Failure::none) nodes_.answered(exchange.node, Clock::now());
    return;
  }
  if (reply.has_another_address) return;
  avoid(exchange.node, std::chrono::seconds(reply.retry_after_s), is_worth_a_report(kind) ? error : nullptr);
}

// `error`: null if it needs no report.
void Exchanger::avoid(std::size_t node, std::chrono::seconds asked_for, const Error* error) {
  if (nodes_.failed(node, Clock::now(), asked_for) && error != nullptr)
    log_->write(LogLevel::failures, "avoiding the node " + std::string(url_of(node)) + ": " +
                                        text_of(error->reason) + ": " + error->detail);
}

// A missing key is the node's fault only if the key was there before and this process has not deleted it; a
// wrong PIN only if another node has accepted it.
bool Exchanger::may_fail_over(Exchange& exchange, ReplyKind kind) const {
  if (exchange.only_node || nodes_.count() == 1) return false;
  const bool is_pin = kind == ReplyKind::wrong_pin;
  if (kind != ReplyKind::unknown_key && !is_pin) return true;
  if (exchange.proof == nullptr || exchange.proof->is_deleted()) return false;
  if (is_pin && !(exchange.pin_verdicts && exchange.pin_verdicts->is_proven_by_another(exchange.node)))
    return false;
  exchange.must_prove = true;
  if (exchange.proof->differs(exchange.node))
    note_difference(exchange.node, is_pin ? "does not accept the PIN of " + exchange.doing.key +
                                                ", which another node accepted"
                                          : "does not have " + exchange.doing.key);
  return true;
}

void Exchanger::note_difference(std::size_t node, std::string_view how) const {
  log_->write(LogLevel::failures, "the nodes differ: " + std::string(url_of(node)) + " " + std::string(how) +
                                      "; avoiding it for this key");
}

// The page of a node that is healthy otherwise may be what every node answers to this request. Then only
// healthy nodes are asked, and none is waited for.
bool Exchanger::may_be_the_request(const Trail& trail) noexcept {
  return !trail.pages.empty() && !nodes_.is_avoided(trail.pages.front().first);
}

std::optional<milliseconds> Exchanger::pause_before_retry(Exchange& exchange, const transport::Reply& reply,
                                                          ReplyKind kind, const Error& error, Trail& trail) {
  const Action action = action_after(kind, exchange.kind, surely_not_done(reply));
  exchange.outcome_unknown = action == Action::outcome_unknown;
  if (action == Action::deliver || action == Action::outcome_unknown) return std::nullopt;
  if (action == Action::fail_over) {
    if (!reply.has_another_address) {
      if (!may_fail_over(exchange, kind)) return std::nullopt;
      trail.avoid |= node_set(exchange.node);
      if (may_be_the_request(trail) && nodes_.is_avoided(nodes_.in_use(trail.avoid))) return std::nullopt;
    }
  } else if (may_be_the_request(trail)) {
    trail.ends_with_page = true;
    return std::nullopt;
  } else {
    trail.away |= node_set(exchange.node);
    if (kind == ReplyKind::silent)
      trail.avoid |= node_set(exchange.node);  // do not wait for a second time-out
  }
  const bool moves_on =
      reply.has_another_address || (!exchange.only_node && !trail.has_tried(nodes_.in_use(trail.avoid)));
  const bool one_may_come_back = (trail.away & ~trail.avoid) != 0;
  if (action == Action::fail_over && !moves_on && !one_may_come_back) return std::nullopt;
  const auto left = std::chrono::duration_cast<milliseconds>(exchange.deadline - Clock::now());
  const auto pause = retry_after({kind, trail.attempt, moves_on, nodes_.ever_answered(),
                                  std::chrono::seconds(reply.retry_after_s), left},
                                 jitter());
  if (pause) note_failure(exchange, reply, error, moves_on);
  return pause;
}

// Not only after a 401: a device may answer a wrong password with 403 or an error text, as if an access rule
// were missing. The loop ends, because each retry has a password that was not refused before. A retry is
// safe: the device refused the request and has done nothing.
bool Exchanger::can_use_newer_password(const Exchange& exchange) {
  return password_renewal_.has_newer(exchange.password_number, *pipeline_, exchange.deadline,
                                     exchange.pauses_job);
}

transport::Request Exchanger::request_for(const Exchange& exchange, const Rendered& rendered) const {
  const WireRow& row = row_of(exchange);
  transport::Request request;
  request.operation = static_cast<std::size_t>(exchange.operation);
  request.method = row.method;
  request.path = rendered.path.reveal();
  request.fixed_path_bytes = row.fixed_path_bytes();
  request.body = rendered.body.reveal();
  request.reply_cap_bytes = exchange.reply_cap_bytes;
  request.repeatable = exchange.kind != OperationKind::changing;
  request.deadline = exchange.deadline;
  request.pauses_job = exchange.pauses_job;
  return request;
}

void Exchanger::give_up_on_device(Clock::time_point now) noexcept {
  breaker_.unanswered(now);
  if (nodes_.count() == 1) nodes_.did_not_respond(0);
}

// Also gets permission to send the PIN to the node. While another caller tries the PIN, each turn selects the
// node again, because it may fail meanwhile.
Result<PinVerdict::Permission> Exchanger::choose_node(Exchange& exchange, NodeSet avoid) {
  for (auto pause = PinVerdict::kFirstPause;; pause = std::min(2 * pause, PinVerdict::kMaxPause)) {
    exchange.node = exchange.only_node.value_or(nodes_.in_use(avoid));
    exchange.doing.endpoint = url_of(exchange.node);
    if (exchange.pin_verdicts == nullptr) return PinVerdict::Permission{PinVerdict::Leave::granted};
    const auto permission = exchange.pin_verdicts->of(exchange.node).ask(exchange.deadline);
    if (permission.leave != PinVerdict::Leave::wait) return permission;
    const auto now = Clock::now();
    if (now >= exchange.deadline)
      return error_of(exchange.doing, Reason::timed_out,
                      "it is not known yet whether the PIN is correct; request not sent");
    pipeline_->rest_until(std::min(now + pause, exchange.deadline), exchange.pauses_job);
    SESAM_CHECK(pass_breaker(exchange));
  }
}

// The answer, if it is known without sending the request.
std::optional<RefusedAccess::Refusal> Exchanger::answer_known(const Exchange& exchange,
                                                              PinVerdict::Leave leave) {
  if (leave != PinVerdict::Leave::refused) return access_.refusal_for(exchange);
  return RefusedAccess::Refusal{.error = error_of(exchange.doing, Reason::wrong_pin,
                                                  "PIN previously rejected by the device; request not sent"),
                                .at = {},
                                .next_try = {}};
}

Result<ReplyDocument> Exchanger::exchange(Exchange& exchange) {
  SESAM_CHECK(pass_breaker(exchange));
  const Rendered rendered = render(row_of(exchange), exchange.values);
  transport::Request request = request_for(exchange, rendered);
  Trail trail(exchange.proof != nullptr ? exchange.proof->differing() : 0);
  const auto begun = Clock::now();
  for (;;) {
    if (nodes_.count() > 1) probe_a_node();
    SESAM_TRY(permission, choose_node(exchange, trail.avoid));
    PinVerdict* const verdict =
        exchange.pin_verdicts != nullptr ? &exchange.pin_verdicts->of(exchange.node) : nullptr;
    const PinProbe trial(verdict, permission.trial);
    request.endpoint = exchange.node;
    trail.add(exchange.node);
    exchange.password_number = pipeline_->passwords().newest().number;
    const auto remembered = answer_known(exchange, permission.leave);
    transport::Reply reply = remembered ? reply_of(*remembered) : pipeline_->perform(request);
    exchange.status = reply.status;
    exchange.outcome_unknown = exchange.kind == OperationKind::changing && !surely_not_done(reply);
    auto document = remembered ? Result<ReplyDocument>(remembered->error) : judge_.judge(exchange, reply);
    const Error* const error = document ? nullptr : &document.error();
    const ReplyKind kind =
        kind_of(reply.failure, reply.status, error ? error->reason : Reason::none, exchange.is_json);
    if (!remembered) {
      note_health(exchange, reply, kind, error, trail);
      access_.note(exchange, kind, error, begun);
    }
    if (document && verdict != nullptr && document->reported_error() == nullptr)
      verdict->proven(permission.trial);
    if (document) exchange.outcome_unknown = false;
    if (document)
      for (const auto& [node, page] : trail.pages) avoid(node, {}, &page);
    if (document) return document;
    if (kind == ReplyKind::no_access && can_use_newer_password(exchange)) continue;
    if (kind == ReplyKind::page) trail.pages.emplace_back(exchange.node, document.error());
    const auto pause = pause_before_retry(exchange, reply, kind, document.error(), trail);
    const auto now = Clock::now();
    if (!pause) {
      if (trail.ends_with_page) return trail.pages.front().second;
      if (document.error().reason == Reason::device_busy)
        return Error{Reason::device_busy,
                     document.error().detail +
                         attempts_at_busy(trail.attempt, std::chrono::seconds(reply.retry_after_s),
                                          std::chrono::duration_cast<milliseconds>(now - begun))};
      if (exchange.kind != OperationKind::changing && !exchange.is_follow_up && is_unanswered(kind, reply) &&
          now - begun >= std::min(milliseconds(options_.deadline_ms), kShortestSilence))
        give_up_on_device(now);
      return document;
    }
    metrics::counts().retries[request.operation].add();
    if (pause->count() > 0) pipeline_->rest_until(now + *pause, exchange.pauses_job);
  }
}

Result<std::string_view> Exchanger::answer_of(const Exchange& exchange, ReplyDocument& document) const {
  auto text = document.text(row_of(exchange).reply_path);
  if (!text) return error_of(exchange.doing, text.error().reason, text.error().detail);
  return text;
}

}  // namespace sesam::n200
