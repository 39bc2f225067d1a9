// SPDX-License-Identifier: Apache-2.0
// Random numbers from the device.
#include <algorithm>
#include <string>

#include "n200/device.h"
#include "n200/encodings.h"

namespace sesam::n200 {

Result<void> Device::request_random(std::span<unsigned char> out, Clock::time_point until) {
  const std::string count = std::to_string(out.size());
  Exchange asking{
      Operation::random, {}, {"getting random numbers", {}, endpoint_url()}, kReplyCapBytes, until};
  asking.values.set(Placeholder::byte_count, count);
  asking.expected_bytes = out.size();
  SESAM_TRY(document, exchange(asking));
  const WireRow& row = options_.wire.row(asking.operation);
  auto text = document.text(row.reply_path);
  if (!text) return error_of(asking.doing, text.error().reason, text.error().detail);
  if (!decode(*text, row.encoding, out))
    return error_of(
        asking.doing, Reason::bad_reply,
        "asked for " + count + " bytes, got a text of " + std::to_string(text->size()) + " characters");
  return {};
}

Result<void> Device::random(std::span<unsigned char> out) {
  const auto until = deadline();
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), kMostRandomBytes));
    SESAM_CHECK(request_random(part, until));
    out = out.subspan(part.size());
  }
  return {};
}

}  // namespace sesam::n200
