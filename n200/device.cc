// SPDX-License-Identifier: Apache-2.0
// Exchanges with the device: request, retries, judgement of the reply; and the signature, which is one
// exchange.
#include "n200/device.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "base/hex.h"
#include "metrics/counts.h"
#include "n200/prompted_pins.h"
#include "n200/disputed_names.h"
#include "n200/expected_reply.h"
#include "n200/key_cache.h"
#include "n200/redaction.h"
#include "n200/signature_forms.h"
#include "transport/curl/curl_driver.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

// An operation that failed sooner did not wait for the device.
constexpr milliseconds kShortestSilence{500};

// Spreads retries; not a secret, so no call into the application's random generator.
double jitter() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto thread = std::hash<std::thread::id>{}(std::this_thread::get_id());
  return static_cast<double>((static_cast<std::size_t>(now) ^ thread * 0x9E3779B97F4A7C15U) % 1024) / 1023;
}

// A refusal that is returned in place of a reply.
transport::Reply reply_of(const RefusedAccess::Refusal& refusal) {
  transport::Reply reply;
  reply.failure = transport::Failure::none;
  reply.status = refusal.status;
  return reply;
}

constexpr std::size_t kMinBytesInNames = 8;  // of a secret that is looked for in a key's names

// What does not pass by itself, as a restart or an outage does, is for the operator to mend.
bool is_worth_a_report(ReplyKind kind) noexcept {
  return kind == ReplyKind::untrusted || kind == ReplyKind::server_error || kind == ReplyKind::garbage ||
         kind == ReplyKind::no_access;
}

std::atomic<std::uint64_t> devices_made{0};

struct Devices {
  ProcessMutex mutex{MutexRank::devices};
  std::vector<std::weak_ptr<Device>> known;
};

}  // namespace

KeyHandle::KeyHandle(std::string id, std::string token_label, std::string name, unsigned in_core,
                     Secret its_pin, std::span<const std::string_view> secrets)
    : key_id(std::move(id)),
      token(std::move(token_label)),
      nice_name(std::move(name)),
      core(in_core),
      pin(std::move(its_pin)) {
  std::vector<std::string_view> all(secrets.begin(), secrets.end());
  all.push_back(pin.reveal());
  // A short PIN is in many names by chance, and what is missing there would tell it.
  std::erase_if(all, [](std::string_view secret) { return secret.size() < kMinBytesInNames; });
  description_ = "key '" + redact(nice_name, all) + "' (" + redact(key_id, all) + ")";
  if (pin.empty()) return;
  pin_verdict = std::make_shared<PinVerdict>(process_state<SharedVerdicts>(), key_id, pin.reveal());
  pin_in_use_ = process_state<PinsInUse>().add(pin.reveal());
}

KeyHandle Device::handle_of(const KeyRecord& record, unsigned core, Secret pin) const {
  const KnownSecrets known(pipeline_->options(), options_);
  return {record.key_id, record.token_label(), record.nice_name, core, std::move(pin), known.all()};
}

KnownSecrets Device::secrets() const {
  KnownSecrets known(pipeline_->options(), options_);
  known.add_pins_in_use();
  return known;
}

std::shared_ptr<Device> Device::for_options(transport::Options connection, Options options,
                                            std::shared_ptr<const Log> log) {
  auto pipeline = transport::curl::pipeline_for(std::move(connection), log);
  std::vector<std::shared_ptr<Device>>
      looked_at;  // one of these may turn out the last reference: let go of after the lock
  auto& devices = process_state<Devices>();
  const std::lock_guard lock(devices.mutex);
  std::erase_if(devices.known, [](const auto& device) { return device.expired(); });
  for (const auto& known : devices.known)
    if (auto device = looked_at.emplace_back(known.lock());
        device && device->pipeline_ == pipeline && device->options_ == options)
      return device;
  auto device = std::make_shared<Device>(std::move(pipeline), std::move(options), std::move(log));
  devices.known.push_back(device);
  return device;
}

Device::Device(std::shared_ptr<transport::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log)
    : options_(std::move(options)),
      log_(std::move(log)),
      pipeline_(std::move(pipeline)),
      identity_(std::to_string(devices_made.fetch_add(1, std::memory_order_relaxed)) + "|"),
      nodes_(pipeline_->options().urls.size()) {
  // Made now, in provider init: a guard of a static that another thread holds at fork stays locked in the
  // child.
  static_cast<void>(process_state<KeyCache>());
  static_cast<void>(process_state<PromptedPins>());
  static_cast<void>(process_state<RefusedAccess>());
  static_cast<void>(process_state<DisputedNames>());
  static_cast<void>(process_state<SharedVerdicts>());
  static_cast<void>(process_state<PinsInUse>());
  static_cast<void>(process_state<KeyStandings>());
  static_cast<void>(process_state<SignatureProofs>());
  const auto& connection = pipeline_->options();
  for (std::size_t node = 0; node < connection.urls.size(); ++node) {
    nodes_.count_into(node, metrics::counts().of_node(connection.urls[node]));
    logins_.push_back(
        process_state<RefusedAccess>().login(connection.urls[node], connection.user, connection.password));
  }
}

std::string_view Device::endpoint_url() const noexcept { return pipeline_->options().urls[nodes_.in_use()]; }

// A node is asked for the time, which every device tells.
void Device::send_probe(std::size_t node, Clock::duration patience, const transport::HealthFlag& flag) {
  const Rendered rendered = render(options_.wire.row(Operation::timestamp), {});
  transport::Request request;
  request.endpoint = node;
  request.operation = static_cast<std::size_t>(Operation::timestamp);
  request.method = options_.wire.row(Operation::timestamp).method;
  request.path = rendered.path.reveal();
  request.fixed_path_bytes = options_.wire.row(Operation::timestamp).fixed_path_bytes();
  request.body = rendered.body.reveal();
  request.repeatable = true;
  request.deadline = Clock::now() + patience;
  pipeline_->probe(request, flag);
}

// One that failed a while ago.
void Device::probe_a_node() {
  constexpr milliseconds kMostPatience{30'000};  // however long commands may take that work
  const auto patience = std::min(milliseconds(pipeline_->options().request_timeout_ms), kMostPatience);
  if (const auto node = nodes_.to_probe(Clock::now(), patience))
    send_probe(*node, patience, nodes_.health_of(*node));
}

// Where the device did not respond to an operation before, this one does not wait for its own deadline to
// find the same.
Result<void> Device::pass_breaker(const Exchange& exchange) {
  constexpr milliseconds kMaxWait{1000};
  const auto patience = std::min(milliseconds(options_.deadline_ms / 2), kMaxWait);
  while (!exchange.is_follow_up && !breaker_.is_closed()) {
    const auto verdict = breaker_.ask(Clock::now(), patience);
    switch (verdict.advice) {
      case Breaker::Advice::go:
        return {};
      case Breaker::Advice::send_probe:
        send_probe(nodes_.in_use(), Breaker::kProbeTime, breaker_.health());
        break;
      case Breaker::Advice::wait:
        pipeline_->rest_until(verdict.until);
        break;
      case Breaker::Advice::refuse:
        return error_of(exchange.doing, Reason::not_responding,
                        "the device did not respond " + std::to_string(verdict.silent_for.count()) +
                            " ms ago; next attempt in " + std::to_string(verdict.next_in.count()) + " ms");
    }
  }
  return {};
}

void Device::note_failure(const Exchange& exchange, const transport::Reply& reply, const Error& error,
                          bool moves_on) const {
  if (!log_->wants(LogLevel::retries)) return;
  const char* what = reply.has_another_address ? "trying another address: "
                     : moves_on                ? "trying another node: "
                                               : "trying again: ";
  std::string problem = reply.message;
  if (problem.empty())
    problem = reply.status == 200 ? text_of(error.reason) : "HTTP status " + std::to_string(reply.status);
  log_->write(LogLevel::retries, error_of(exchange.doing, Reason::none, what + problem).detail);
}

// The way of an operation through the nodes.
struct Device::Trail {
  explicit Trail(NodeSet to_avoid) : avoid(to_avoid) {}

  void add(std::size_t node) noexcept {
    on_this_node = attempt != 0 && node == last ? on_this_node + 1 : 1;
    ++attempt;
    last = node;
    tried |= node_set(node);
  }
  // Of more nodes than anybody has we know nothing, and say that they were tried.
  bool has_tried(std::size_t node) const noexcept {
    return node >= kMaxNodesInSet || (tried & node_set(node)) != 0;
  }

  NodeSet avoid;
  NodeSet tried = 0;
  NodeSet away = 0;  // whose fault may pass, as that of a node that restarts
  unsigned attempt = 0;
  unsigned on_this_node = 0;  // in a row
  std::size_t last = 0;
};

// What is the node's own fault ends its use until a probe finds it healthy; with a lone node there is no
// choice.
void Device::note_health(const Exchange& exchange, const transport::Reply& reply, ReplyKind kind,
                         const Error* error, const Trail& trail) {
  if (reply.failure == transport::Failure::none) breaker_.answered();
  const bool is_at_fault = is_of_the_node(kind, trail.on_this_node, reply.server_answers_others);
  if (nodes_.count() == 1 || !is_at_fault) {
    if (reply.failure == transport::Failure::none) nodes_.answered(exchange.node);
    return;
  }
  if (reply.has_another_address) return;
  const bool was_in_use =
      nodes_.failed(exchange.node, Clock::now(), std::chrono::seconds(reply.retry_after_s));
  if (was_in_use && error != nullptr && is_worth_a_report(kind))
    log_->write(LogLevel::failures, "avoiding the node " + std::string(url_of(exchange.node)) + ": " +
                                        text_of(error->reason) + ": " + error->detail);
}

// A missing key is a matter of the node only where it was there before, and not where this process deleted
// it.
bool Device::may_fail_over(Exchange& exchange, ReplyKind kind) const {
  if (exchange.only_node || nodes_.count() == 1) return false;
  if (kind != ReplyKind::unknown_key) return true;
  if (exchange.proof == nullptr || exchange.proof->is_deleted()) return false;
  exchange.must_prove = true;
  if (exchange.proof->differs(exchange.node))
    log_->write(LogLevel::failures, "the nodes differ: " + std::string(url_of(exchange.node)) +
                                        " does not have " + exchange.doing.key +
                                        "; avoiding it for this key");
  return true;
}

std::optional<milliseconds> Device::pause_before_retry(Exchange& exchange, const transport::Reply& reply,
                                                       ReplyKind kind, const Error& error, Trail& trail) {
  const Action action = action_after(kind, exchange.kind, surely_not_done(reply));
  exchange.outcome_unknown = action == Action::outcome_unknown;
  if (action == Action::deliver || action == Action::outcome_unknown) return std::nullopt;
  if (action == Action::fail_over) {
    if (!may_fail_over(exchange, kind)) return std::nullopt;
    trail.avoid |= node_set(exchange.node);
  } else {
    trail.away |= node_set(exchange.node);
    if (kind == ReplyKind::silent)
      trail.avoid |= node_set(exchange.node);  // another time-out would be too much
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

transport::Request Device::request_for(const Exchange& exchange, const Rendered& rendered) const {
  const WireRow& row = options_.wire.row(exchange.operation);
  transport::Request request;
  request.operation = static_cast<std::size_t>(exchange.operation);
  request.method = row.method;
  request.path = rendered.path.reveal();
  request.fixed_path_bytes = row.fixed_path_bytes();
  request.body = rendered.body.reveal();
  request.reply_cap_bytes = exchange.reply_cap_bytes;
  request.repeatable = exchange.kind != OperationKind::changing;
  request.deadline = exchange.deadline;
  return request;
}

void Device::give_up_on_device(Clock::time_point now) noexcept {
  breaker_.unanswered(now);
  if (nodes_.count() == 1) nodes_.did_not_respond(0);
}

Result<ReplyDocument> Device::exchange(Exchange& exchange) {
  SESAM_CHECK(pass_breaker(exchange));
  const Rendered rendered = render(options_.wire.row(exchange.operation), exchange.values);
  transport::Request request = request_for(exchange, rendered);
  Trail trail(exchange.proof != nullptr ? exchange.proof->differing() : 0);
  const auto begun = Clock::now();
  for (;;) {
    if (nodes_.count() > 1) probe_a_node();
    request.endpoint = exchange.node = exchange.only_node.value_or(nodes_.in_use(trail.avoid));
    exchange.doing.endpoint = url_of(exchange.node);
    trail.add(exchange.node);
    const auto remembered = remembered_refusal(exchange);
    transport::Reply reply = remembered ? reply_of(*remembered) : pipeline_->perform(request);
    exchange.status = reply.status;
    auto document = remembered ? Result<ReplyDocument>(remembered->error) : judge(exchange, reply);
    const Error* const error = document ? nullptr : &document.error();
    const ReplyKind kind = kind_of(reply.failure, reply.status, error ? error->reason : Reason::none);
    if (!remembered) {
      note_health(exchange, reply, kind, error, trail);
      note_access(exchange, kind, error);
    }
    if (document) return document;
    const auto pause = pause_before_retry(exchange, reply, kind, document.error(), trail);
    const auto now = Clock::now();
    if (!pause) {
      if (exchange.kind != OperationKind::changing && !exchange.is_follow_up && is_unanswered(kind, reply) &&
          now - begun >= std::min(milliseconds(options_.deadline_ms), kShortestSilence))
        give_up_on_device(now);
      return document;
    }
    metrics::counts().retries[request.operation].add();
    if (pause->count() > 0) pipeline_->rest_until(now + *pause);
  }
}

// A reply is good if it came and has what was asked for. Else what the device says of an error counts for
// more than its status.
Result<ReplyDocument> Device::judge(const Exchange& exchange, transport::Reply& reply) {
  if (reply.failure != transport::Failure::none) {
    reply.message = secrets().redacted(reply.message);  // it quotes the peer's certificate
    return transport_error(exchange.doing, reply, pipeline_->options().ca_path);
  }
  const WireRow& row = options_.wire.row(exchange.operation);
  auto document = parse_reply(reply.body, row);
  const auto checked = document ? check_reply(*document, {exchange.operation, row, exchange.expected_bytes})
                                : Result<void>(document.error());
  if (!checked || reason_for_status(reply.status) != Reason::none)
    return refused(exchange, reply, document ? document->body() : std::string_view(reply.body),
                   checked.error());
  if (row.method == transport::Method::get && !get_let_in_.load(std::memory_order_relaxed))
    get_let_in_.store(true, std::memory_order_relaxed);
  return document;
}

Result<std::uint64_t> Device::may_send_pin(const Exchange& exchange) {
  if (exchange.pin_verdict == nullptr) return std::uint64_t{0};
  const auto permission = exchange.pin_verdict->ask(exchange.deadline, *pipeline_);
  switch (permission.leave) {
    case PinVerdict::Leave::granted:
    case PinVerdict::Leave::to_try:
      return permission.trial;
    case PinVerdict::Leave::refused:
      return error_of(exchange.doing, Reason::wrong_pin,
                      "the device refused this PIN before; nothing was sent");
    case PinVerdict::Leave::timed_out:
      break;
  }
  return error_of(exchange.doing, Reason::timed_out,
                  "whether the PIN is right is not known yet; nothing was sent");
}

Result<ReplyDocument> Device::exchange_with_pin(Exchange& asking) {
  SESAM_TRY(trial, may_send_pin(asking));
  const PinProbe probe(asking.pin_verdict, trial);
  auto document = exchange(asking);
  if (document && asking.pin_verdict != nullptr) asking.pin_verdict->proven(trial);
  return document;
}

std::shared_ptr<SignatureProof> Device::proof_of(const KeyRecord& record) const {
  std::string key = identity_ + record.key_id + "|";
  for (const Bytes& part : {record.public_key, record.modulus, record.exponent}) key += to_hex(part) + "|";
  return process_state<SignatureProofs>().of(key, record.node);
}

// Of a lone node nothing else could be asked; but the writing is known then.
void Device::note_verdict(const KeyHandle& key, const Signed& made, bool is_good) const {
  if (key.proof && is_good && key.proof->writing() != made.writing) note_writing(key, made);
  if (!key.proof || nodes_.count() == 1) return;
  if (is_good)
    key.proof->verified(made.node);
  else if (key.proof->differs(made.node))
    log_->write(LogLevel::failures, key.description() + ": a signature from " +
                                        pipeline_->options().urls[made.node] +
                                        " does not fit the public key; avoiding this node for this key: the "
                                        "nodes may have different keys");
}

Result<Signed> Device::sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature,
                            Clock::time_point until) {
  const std::string core = std::to_string(key.core);
  Exchange signing{what.operation,
                   {},
                   {"signing with", {}, {}},
                   kReplyCapBytes,
                   until,
                   OperationKind::signing,
                   key.pin.reveal(),
                   key.pin_verdict.get()};
  signing.proof = key.proof.get();
  signing.expected_bytes = signature.size();
  signing.doing.key = key.description();
  signing.doing.endpoint = endpoint_url();
  if (key.standing && key.standing->is_replaced())
    return error_of(signing.doing, Reason::key_replaced,
                    "the device has another key in its place; nothing was sent");
  signing.values.set(Placeholder::core, core)
      .set(Placeholder::key_id, key.key_id)
      .set(Placeholder::token, key.token)
      .set(Placeholder::name, key.nice_name)
      .set(Placeholder::pin, signing.pin)
      .set(Placeholder::padding, what.padding)
      .set(Placeholder::hash_name, what.hash_name)
      .set(Placeholder::salt_bytes, what.salt_bytes)
      .set_digest(what.digest);
  auto document = exchange_with_pin(signing);
  if (!document) {
    auto error = std::move(document).error();
    return error.reason == Reason::unknown_key ? replaced_or(std::move(error), key, signing.deadline)
                                               : std::move(error);
  }
  SESAM_TRY(writing, read_signature_of(signing, *document, key.proof.get(), signature));
  metrics::counts().signatures.add();
  const bool is_new_writing = key.proof ? key.proof->writing() != writing : writing != 0;
  const bool is_new_node = key.proof && nodes_.count() > 1 && !key.proof->is_proven(signing.node);
  return Signed{signing.node, signing.must_prove || is_new_node || is_new_writing, what.operation, writing};
}

// Gives 0 for the configured writing, the writing's code for any other. The one that has verified goes first.
Result<std::uint8_t> Device::read_signature_of(const Exchange& signing, ReplyDocument& document,
                                               const SignatureProof* proof,
                                               std::span<unsigned char> out) const {
  const WireRow& row = options_.wire.row(signing.operation);
  auto text = document.text(row.reply_path);
  if (!text) return error_of(signing.doing, text.error().reason, text.error().detail);
  const bool elsewhere = document.is_answered_elsewhere();
  const SignatureWriting configured{row.form, row.encoding, false};
  const std::uint8_t proven = proof != nullptr ? proof->writing() : std::uint8_t{0};
  if (proven != 0 && SignatureWriting::of_code(proven).elsewhere == elsewhere &&
      n200::read_signature(*text, SignatureWriting::of_code(proven), out))
    return proven;
  if (!elsewhere && n200::read_signature(*text, configured, out)) return std::uint8_t{0};
  auto recognised = recognise_signature(*text, signing.operation == Operation::ec_sign, out);
  if (!recognised)
    return error_of(signing.doing, Reason::bad_signature_length,
                    "expected " + std::to_string(out.size()) + " bytes of signature, got a text of " +
                        std::to_string(text->size()) + " characters");
  recognised->elsewhere = elsewhere;
  return recognised->code();
}

void Device::note_writing(const KeyHandle& key, const Signed& made) const {
  if (!key.proof->verified_in(made.writing) || made.writing == 0) return;
  const auto writing = SignatureWriting::of_code(made.writing);
  const auto& defaults = wire_defaults();
  const auto row = std::ranges::find(defaults, made.operation, &WireDefault::operation);
  std::string line = key.description() + ": the device writes its signatures as " +
                     std::string(name_of(writing)) + (writing.elsewhere ? ", under another member," : "") +
                     ", and one has verified: end " + std::string(row->key) + " with '-> ";
  for (const auto& name : options_.wire.row(made.operation).reply_path)
    line += (line.ends_with(' ') ? "" : ".") + name;
  log_->write(LogLevel::retries, line + ":" + std::string(name_of(writing)) + "' to say so");
}

}  // namespace sesam::n200
