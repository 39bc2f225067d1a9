// SPDX-License-Identifier: Apache-2.0
// What follows from the end of an exchange: one table of reply kinds and kinds of operations.
#pragma once

#include <cstdint>

#include "base/reasons.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// What an operation does to the device.
enum class OperationKind : std::uint8_t {
  reading,   ///< look-ups, listings, encryption: may be repeated anywhere
  signing,   ///< the same, with a key that is open
  changing,  ///< generation, import, deletion: never repeated where the device may have acted
};

/// How an exchange ended, and whose fault it was.
enum class ReplyKind : std::uint8_t {
  good,          ///< a reply without an error
  line,          ///< the connection broke, or the request got to the wrong one (421)
  unreachable,   ///< no connection came about
  silent,        ///< no reply came, or a gateway got none (502, 504)
  busy,          ///< 429, 503
  untrusted,     ///< certificate, name or TLS: the node is not the one that we trust
  server_error,  ///< any other 5xx without a refusal that we know
  garbage,       ///< no JSON object, or longer than allowed
  no_access,     ///< 401, 403, "access denied"
  unknown_key,
  wrong_pin,    ///< or the key is locked
  refused,      ///< any other refusal: PIN missing, unknown command
  local_limit,  ///< this process has no descriptor or thread left for it, at this moment, or closed ours
  local,        ///< another failure of this process or its configuration
  count
};

/// `judged`: what the reply's content says; Reason::none where it is good.
ReplyKind kind_of(transport::Failure failure, int status, Reason judged) noexcept;

enum class Action : std::uint8_t {
  deliver,          ///< to the caller, as it is
  repeat,           ///< try again, on another node if there is one
  fail_over,        ///< try another node; without one, deliver
  outcome_unknown,  ///< never again: ask the same node what became of it
};

/// `surely_not_done`: the device cannot have acted on the request.
Action action_after(ReplyKind kind, OperationKind operation, bool surely_not_done) noexcept;

/// Nothing was sent, or the status says that nothing was done with it (421, 429).
bool surely_not_done(const transport::Reply& reply) noexcept;

/// The node itself seems to be at fault, not just one connection to it, nor one slow command while it
/// `answers_others`. `number`: which attempt on this node in a row it was, from 1.
bool is_of_the_node(ReplyKind kind, unsigned number, bool answers_others) noexcept;

/// The node sent nothing at all.
bool is_unanswered(ReplyKind kind, const transport::Reply& reply) noexcept;

}  // namespace sesam::n200
