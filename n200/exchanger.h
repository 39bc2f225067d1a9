// SPDX-License-Identifier: Apache-2.0
// Exchanges with the device: a request, its retries within the deadline, and the outcome.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "n200/access_memory.h"
#include "n200/audit.h"
#include "n200/breaker.h"
#include "n200/exchange.h"
#include "n200/nodes.h"
#include "n200/options.h"
#include "n200/password_renewal.h"
#include "n200/pin_verdicts.h"
#include "n200/reply.h"
#include "n200/reply_judge.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// What all operations on one device share. Thread-safe.
class Exchanger {
 public:
  using Clock = std::chrono::steady_clock;

  Exchanger(std::shared_ptr<transport::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log,
            std::shared_ptr<const Audit> audit);

  /// Sends the request, and retries it according to outcome.h and retry.h. Raises what the device's reply
  /// means, why no reply arrived (failures.h), and not_responding while the breaker is open. A PIN that a
  /// node has rejected is not sent to it again. The document may have a reported_error(): see
  /// ReplyJudge::judge().
  Result<ReplyDocument> exchange(Exchange& exchange);
  /// Returns the text at the wire row's reply path. Raises reply_field_missing, bad_reply.
  Result<std::string_view> answer_of(const Exchange& exchange, ReplyDocument& document) const;

  const Options& options() const noexcept { return options_; }
  const WireRow& row_of(const Exchange& exchange) const { return options_.wire.row(exchange.operation); }
  transport::Pipeline& pipeline() const noexcept { return *pipeline_; }
  const Log& log() const noexcept { return *log_; }
  /// Null: no audit.
  const Audit* audit() const noexcept { return audit_.get(); }
  const ReplyJudge& judge() const noexcept { return judge_; }
  std::string redacted(std::string_view device_words) const {
    return judge_.secrets().redacted(device_words);
  }
  /// Distinguishes the process-wide state of this device from that of others.
  const std::string& identity() const noexcept { return identity_; }
  std::size_t node_count() const noexcept { return nodes_.count(); }
  std::string_view url_of(std::size_t node) const noexcept { return pipeline_->options().urls[node]; }
  /// The node failed, and a probe has not found it healthy yet.
  bool is_avoided(std::size_t node) noexcept { return nodes_.is_avoided(node); }
  /// Logs that the node lacks the key or rejects its PIN, and is avoided for this key.
  void note_difference(std::size_t node, std::string_view how) const;
  /// The URL of the node in use.
  std::string_view endpoint_url() noexcept { return url_of(nodes_.in_use()); }
  /// The deadline of an operation that starts now.
  Clock::time_point deadline() const {
    return Clock::now() + std::chrono::milliseconds(options_.deadline_ms);
  }

 private:
  struct Trail;

  Result<PinVerdict::Permission> choose_node(Exchange& exchange, NodeSet avoid);
  std::optional<RefusedAccess::Refusal> answer_known(const Exchange& exchange, PinVerdict::Leave leave);
  Result<void> pass_breaker(const Exchange& exchange);
  transport::Request request_for(const Exchange& exchange, const Rendered& rendered) const;
  bool can_use_newer_password(const Exchange& exchange);
  void probe_a_node();
  void send_probe(std::size_t node, Clock::duration patience, const transport::HealthFlag& flag);
  void note_health(const Exchange& exchange, const transport::Reply& reply, ReplyKind kind,
                   const Error* error, const Trail& trail);
  void avoid(std::size_t node, std::chrono::seconds asked_for, const Error* error);
  void note_failure(const Exchange& exchange, const transport::Reply& reply, const Error& error,
                    bool moves_on) const;
  void give_up_on_device(Clock::time_point now) noexcept;
  bool may_fail_over(Exchange& exchange, ReplyKind kind) const;
  bool may_be_the_request(const Trail& trail) noexcept;
  std::optional<std::chrono::milliseconds> pause_before_retry(Exchange& exchange,
                                                              const transport::Reply& reply, ReplyKind kind,
                                                              const Error& error, Trail& trail);

  const Options options_;
  const std::shared_ptr<const Log> log_;
  const std::shared_ptr<const Audit> audit_;
  const std::shared_ptr<transport::Pipeline> pipeline_;
  const std::string identity_;
  Nodes nodes_;
  Breaker breaker_;
  AccessMemory access_;
  ReplyJudge judge_;
  PasswordRenewal password_renewal_;
};

}  // namespace sesam::n200
