// SPDX-License-Identifier: Apache-2.0
// What to do after an exchange: one table of reply kinds and kinds of operations.
#pragma once

#include <cstdint>

#include "base/reasons.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// What an operation does to the device.
enum class OperationKind : std::uint8_t {
  reading,   ///< look-ups, listings, encryption: may be repeated on any node
  signing,   ///< the same, with an open key
  changing,  ///< generation, import, deletion: never repeated if the device may have acted
};

/// How an exchange ended, and whose fault it was.
enum class ReplyKind : std::uint8_t {
  good,          ///< a reply without an error
  line,          ///< the connection broke, or was the wrong one for the request (421)
  unreachable,   ///< no connection could be made
  silent,        ///< no reply arrived, or a gateway got none (502, 504)
  busy,          ///< 429, 503
  untrusted,     ///< certificate, host name or TLS failed: the node is not trusted
  server_error,  ///< any other 5xx without a known refusal
  garbage,       ///< not a JSON object, or longer than allowed
  page,          ///< a redirection, or a refusal that is not JSON: from a proxy, or the request is invalid
  no_access,     ///< 401, 403, "access denied"
  unknown_key,
  wrong_pin,    ///< or the key is locked
  refused,      ///< any other refusal: PIN missing, unknown command
  local_limit,  ///< this process is out of descriptors or threads, or closed sesam's descriptors
  local,        ///< another failure of this process or its configuration
  count
};

/// `judged`: what the reply's content says; Reason::none if it is good. `is_json`: the body is JSON.
ReplyKind kind_of(transport::Failure failure, int status, Reason judged, bool is_json) noexcept;

enum class Action : std::uint8_t {
  deliver,          ///< return the result to the caller
  repeat,           ///< try again, on another node if there is one
  fail_over,        ///< try another node; without one, deliver
  outcome_unknown,  ///< do not repeat: ask the same node what became of it
};

/// `surely_not_done`: the device cannot have acted on the request.
Action action_after(ReplyKind kind, OperationKind operation, bool surely_not_done) noexcept;

/// Nothing was sent, or the status says that the request was not processed (421, 429).
bool surely_not_done(const transport::Reply& reply) noexcept;

/// The node itself seems to be at fault: not just one connection to it, and not one slow command while it
/// `answers_others`. `number`: how many attempts in a row this node got, including this one. A page shows it
/// only if another node answers the same request.
bool is_of_the_node(ReplyKind kind, unsigned number, bool answers_others) noexcept;

/// The node sent nothing at all.
bool is_unanswered(ReplyKind kind, const transport::Reply& reply) noexcept;

}  // namespace sesam::n200
