// SPDX-License-Identifier: Apache-2.0
// Whether a reply has what the exchange asked for, and what its words mean where it does not.
#pragma once

#include <string>
#include <string_view>

#include "n200/exchange.h"
#include "n200/known_secrets.h"
#include "n200/options.h"
#include "n200/proven_login.h"
#include "n200/refusal.h"
#include "n200/reply.h"
#include "transport/options.h"
#include "transport/passwords.h"
#include "transport/reply.h"

namespace sesam::n200 {

/// Shared by all threads. The arguments must outlive it.
class ReplyJudge {
 public:
  ReplyJudge(const transport::Options& connection, const transport::Passwords& passwords,
             const Options& options)
      : connection_(connection), passwords_(passwords), options_(options) {}

  /// The document, if the reply came and has what was asked for. Otherwise what the device says of an error
  /// counts for more than the status.
  Result<ReplyDocument> judge(const Exchange& exchange, transport::Reply& reply);
  /// For a reply that is as expected but holds no record: success where it means that there are no keys, else
  /// the error that it reports.
  Result<void> without_records(const Exchange& exchange, const ReplyDocument& document,
                               const Result<void>& taken) const;
  /// An error that quotes the device, without the request's secrets.
  Error refusal(const Exchange& exchange, Reason reason, const DeviceWords& words) const;
  /// What must be redacted from whatever the device says.
  KnownSecrets secrets() const;

 private:
  Error refused(const Exchange& exchange, const transport::Reply& reply, std::string_view body,
                const Error& problem) const;
  ProvenLogin::Request request_of(const Exchange& exchange) const;
  Refusal read_words(const Exchange& exchange, std::string_view body, int status) const;

  const transport::Options& connection_;
  const transport::Passwords& passwords_;
  const Options& options_;
  mutable ProvenLogin login_;
};

}  // namespace sesam::n200
