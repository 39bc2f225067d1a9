// SPDX-License-Identifier: Apache-2.0
// What time it is for the device.
#include <charconv>

#include "n200/device.h"

namespace sesam::n200 {

Result<std::chrono::sys_seconds> Device::timestamp() {
  Exchange asking{
      Operation::timestamp, {}, {"asking for the time", {}, endpoint_url()}, kReplyCapBytes, deadline()};
  SESAM_TRY(document, exchange(asking));
  auto text = document.text(options_.wire.row(asking.operation).reply_path);
  if (!text) return error_of(asking.doing, text.error().reason, text.error().detail);
  std::int64_t seconds = 0;
  const char* end = text->data() + text->size();
  if (const auto [stop, failed] = std::from_chars(text->data(), end, seconds);
      failed != std::errc{} || stop != end)
    return error_of(asking.doing, Reason::bad_reply, "that is no number of seconds");
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace sesam::n200
