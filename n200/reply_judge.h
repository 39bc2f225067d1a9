// SPDX-License-Identifier: Apache-2.0
// Judges whether a reply has what the exchange requested, and if not, what its words mean.
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

  /// Returns the document if a reply arrived and has what was requested. Otherwise raises the error in the
  /// device's words or, if they report none, that of the status, the transport or the malformed reply. If a
  /// reply has both an answer and an error, raises the error, unless the answer can be checked: then
  /// document.reported_error() has it, and the caller must verify the signature or look the key up.
  Result<ReplyDocument> judge(Exchange& exchange, transport::Reply& reply);
  /// For a reply that is as expected but has no records: success if it means that there are no keys, else the
  /// error that it reports.
  Result<void> without_records(const Exchange& exchange, const ReplyDocument& document,
                               const Result<void>& taken) const;
  /// An error that quotes the device, with the request's secrets redacted.
  Error refusal(const Exchange& exchange, Reason reason, const DeviceWords& words) const;
  /// The secrets to redact from everything that the device says.
  KnownSecrets secrets() const;

 private:
  Error refused(const Exchange& exchange, const transport::Reply& reply, const Refusal& words,
                const Error& problem) const;
  Result<void> note_error(const Exchange& exchange, const transport::Reply& reply,
                          ReplyDocument& document) const;
  ProvenLogin::Request request_of(const Exchange& exchange) const;
  Refusal read_words(const Exchange& exchange, std::string_view body, int status) const;
  template <typename Read>
  auto with_context(const Exchange& exchange, std::string_view body, Read read) const;

  const transport::Options& connection_;
  const transport::Passwords& passwords_;
  const Options& options_;
  mutable ProvenLogin login_;
};

}  // namespace sesam::n200
