// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <charconv>

namespace sesam::n200 {

Result<std::chrono::sys_seconds> timestamp(Exchanger& exchanger) {
  Exchange asking{.operation = Operation::timestamp,
                  .doing = {"asking for the time", {}, exchanger.endpoint_url()},
                  .deadline = exchanger.deadline()};
  SESAM_TRY(document, exchanger.exchange(asking));
  SESAM_TRY(text, exchanger.answer_of(asking, document));
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  if (const auto [stop, failed] = std::from_chars(text.data(), end, seconds);
      failed != std::errc{} || stop != end)
    return error_of(asking.doing, Reason::bad_reply, "not a number of seconds");
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace sesam::n200
