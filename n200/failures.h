// SPDX-License-Identifier: Apache-2.0
// What a request without a reply means: one table maps the transport's failures to the reason for the user
// and to the kind of reply for the retry policy.
#pragma once

#include "base/reasons.h"
#include "n200/outcome.h"
#include "transport/reply.h"

namespace sesam::n200 {

struct FailureMeaning {
  transport::Failure failure;
  Reason reason;   ///< for the error
  ReplyKind kind;  ///< for the retry policy
};

/// For any failure but Failure::none. A failure without a row is Reason::internal.
FailureMeaning meaning_of(transport::Failure failure) noexcept;

}  // namespace sesam::n200
