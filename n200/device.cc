// SPDX-License-Identifier: Apache-2.0
// Exchanges with the device: request, retries, judgement of the reply; and the signature, which is one
// exchange.
#include "n200/device.h"

#include <algorithm>
#include <bitset>
#include <mutex>
#include <thread>
#include <utility>

#include "base/counts.h"
#include "base/hex.h"
#include "n200/asked_pins.h"
#include "n200/expected_reply.h"
#include "n200/key_cache.h"
#include "n200/signature_forms.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

// Spreads retries; not a secret, so no call into the application's random generator.
double jitter() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto thread = std::hash<std::thread::id>{}(std::this_thread::get_id());
  return static_cast<double>((static_cast<std::size_t>(now) ^ thread * 0x9E3779B97F4A7C15U) % 1024) / 1023;
}

// Which nodes an operation has asked.
class Tried {
 public:
  void add(std::size_t node) noexcept {
    if (node < kMost) nodes_.set(node);
  }
  // Of more nodes than anybody has we know nothing, and tell that they were.
  bool has(std::size_t node) const noexcept { return node >= kMost || nodes_[node]; }

 private:
  static constexpr std::size_t kMost = 64;
  std::bitset<kMost> nodes_;
};

struct Devices {
  ProcessMutex mutex{MutexRank::devices};
  std::vector<std::weak_ptr<Device>> known;
  std::uint64_t made = 0;
};

}  // namespace

KeyHandle::KeyHandle(std::string id, std::string token_label, std::string name, unsigned in_core,
                     Secret its_pin)
    : key_id(std::move(id)),
      token(std::move(token_label)),
      nice_name(std::move(name)),
      core(in_core),
      pin(std::move(its_pin)) {
  if (!pin.empty()) pin_verdict = process_state<PinVerdicts>().of(key_id, pin.reveal());
}

std::string KeyHandle::description() const { return "key '" + nice_name + "' (" + key_id + ")"; }

std::shared_ptr<Device> Device::for_options(http::Options connection, Options options,
                                            std::shared_ptr<const Log> log) {
  auto pipeline = http::Pipeline::for_options(std::move(connection), log);
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
  device->identity_ = std::to_string(devices.made++) + "|";
  devices.known.push_back(device);
  return device;
}

Device::Device(std::shared_ptr<http::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log)
    : options_(std::move(options)),
      log_(std::move(log)),
      pipeline_(std::move(pipeline)),
      nodes_(pipeline_->options().urls.size()) {
  // Made now, in provider init: a guard of a static that another thread holds at fork stays locked in the
  // child.
  static_cast<void>(process_state<KeyCache>());
  static_cast<void>(process_state<AskedPins>());
  static_cast<void>(process_state<PinVerdicts>());
  static_cast<void>(process_state<KeyStandings>());
  static_cast<void>(process_state<SignatureProofs>());
}

std::string_view Device::endpoint_url() const noexcept { return pipeline_->options().urls[nodes_.in_use()]; }

// A node that failed a while ago is asked for the time, which every device tells.
void Device::probe_a_node() {
  constexpr milliseconds kMostPatience{30'000};  // however long commands may take that work
  const auto patience = std::min(milliseconds(pipeline_->options().request_timeout_ms), kMostPatience);
  const auto now = Clock::now();
  const auto node = nodes_.to_probe(now, patience);
  if (!node) return;
  const Rendered rendered = render(options_.wire.row(Operation::timestamp), {});
  http::Request request;
  request.endpoint = *node;
  request.operation = static_cast<std::size_t>(Operation::timestamp);
  request.method = options_.wire.row(Operation::timestamp).method;
  request.path = rendered.path.reveal();
  request.body = rendered.body.reveal();
  request.deadline = now + patience;
  pipeline_->probe(request, nodes_.health_of(*node));
}

void Device::note_failure(const Exchange& exchange, const http::Reply& reply, bool moves_on) const {
  if (!log_->wants(LogLevel::retries)) return;
  const std::string problem =
      reply.message.empty() ? "HTTP status " + std::to_string(reply.status) : reply.message;
  log_->write(LogLevel::retries, error_of(exchange.doing, Reason::none,
                                          (reply.has_another_address ? "trying another address: "
                                           : moves_on                ? "trying another node: "
                                                                     : "trying again: ") +
                                              problem)
                                     .detail);
}

http::Reply Device::perform_with_retries(Exchange& exchange, const Rendered& rendered) {
  http::Request request;
  request.operation = static_cast<std::size_t>(exchange.operation);
  request.method = options_.wire.row(exchange.operation).method;
  request.path = rendered.path.reveal();
  request.fixed_path_bytes = options_.wire.row(exchange.operation).fixed_path_bytes();
  request.body = rendered.body.reveal();
  request.reply_cap_bytes = exchange.reply_cap_bytes;
  request.deadline = exchange.deadline;
  unsigned on_this_node = 0;
  Tried tried;
  for (unsigned attempt = 1;; ++attempt) {
    if (nodes_.count() > 1) probe_a_node();
    const auto node = nodes_.in_use();
    on_this_node = node == request.endpoint ? on_this_node + 1 : 1;
    tried.add(node);
    request.endpoint = exchange.node = node;
    exchange.doing.endpoint = pipeline_->options().urls[node];
    http::Reply reply = pipeline_->perform(request);
    exchange.status = reply.status;
    const Fault fault = fault_of(reply.failure, reply.status);
    if (reply.failure == http::Failure::none && fault == Fault::none) nodes_.answered(node);
    if (fault == Fault::none) return reply;
    const auto now = Clock::now();
    const std::chrono::seconds asked_for(reply.retry_after_s);
    if (nodes_.count() > 1 && !reply.has_another_address &&
        is_of_the_node(fault, on_this_node, reply.server_answers_others))
      nodes_.failed(node, now, asked_for);
    const bool moves_on = reply.has_another_address || !tried.has(nodes_.in_use());
    const auto left = std::chrono::duration_cast<milliseconds>(request.deadline - now);
    const auto pause = retry_after({fault, reply.status, reply.may_have_acted, attempt, moves_on,
                                    nodes_.ever_answered(), asked_for, left},
                                   exchange.repetition, jitter());
    if (!pause) return reply;
    note_failure(exchange, reply, moves_on);
    counts().retries[request.operation].add();
    if (pause->count() > 0) pipeline_->rest_until(now + *pause);
  }
}

// A reply is good if it came and has what was asked for. Else what the device says of an error counts for
// more than its status.
Result<ReplyDocument> Device::judge(const Exchange& exchange, http::Reply reply) {
  if (reply.failure != http::Failure::none)
    return transport_error(exchange.doing, reply, pipeline_->options().ca_path);
  const WireRow& row = options_.wire.row(exchange.operation);
  auto document = parse_reply(reply.body, row);
  const auto checked = document ? check_reply(*document, {exchange.operation, row, exchange.expected_bytes})
                                : Result<void>(document.error());
  if (!checked || reason_for_status(reply.status) != Reason::none)
    return refused(exchange, reply, document ? document->body() : std::string_view(reply.body),
                   checked.error());
  if (row.method == http::Method::get && !get_let_in_.load(std::memory_order_relaxed))
    get_let_in_.store(true, std::memory_order_relaxed);
  return document;
}

Result<ReplyDocument> Device::exchange(Exchange& exchange) {
  const Rendered request = render(options_.wire.row(exchange.operation), exchange.values);
  return judge(exchange, perform_with_retries(exchange, request));
}

Result<bool> Device::may_send_pin(const Exchange& exchange) {
  if (exchange.pin_verdict == nullptr) return false;
  switch (exchange.pin_verdict->ask(exchange.deadline, *pipeline_)) {
    case PinVerdict::Leave::granted:
      return false;
    case PinVerdict::Leave::to_try:
      return true;
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
  SESAM_TRY(is_trying, may_send_pin(asking));
  const PinProbe probe(is_trying ? asking.pin_verdict : nullptr);
  auto document = exchange(asking);
  if (document && asking.pin_verdict != nullptr) asking.pin_verdict->proven();
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
                   Repetition::harmless,
                   key.pin.reveal(),
                   key.pin_verdict.get()};
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
  counts().signatures.add();
  const bool is_new_writing = key.proof ? key.proof->writing() != writing : writing != 0;
  const bool is_new_node = key.proof && nodes_.count() > 1 && !key.proof->is_proven(signing.node);
  return Signed{signing.node, is_new_node || is_new_writing, what.operation, writing};
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
