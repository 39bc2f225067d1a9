// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include "n200/expected_reply.h"

namespace sesam::n200 {

Result<std::chrono::sys_seconds> timestamp(Exchanger& exchanger) {
  Exchange asking{.operation = Operation::timestamp,
                  .doing = {"asking for the time", {}, exchanger.endpoint_url()},
                  .deadline = exchanger.deadline()};
  SESAM_TRY(document, exchanger.exchange(asking));
  SESAM_TRY(text, exchanger.answer_of(asking, document));
  const auto time = time_of(text);
  return time ? Result<std::chrono::sys_seconds>(*time) : error_of(asking.doing, Reason::bad_reply, {});
}

}  // namespace sesam::n200
