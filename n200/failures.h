// SPDX-License-Identifier: Apache-2.0
// What a request that brought no reply means: the one table from the transport's failures to what the user is
// told, and to what is done next.
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

/// Failure::none has none: it means nothing.
FailureMeaning meaning_of(transport::Failure failure) noexcept;

}  // namespace sesam::n200
