// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <algorithm>
#include <string>

#include "n200/encodings.h"

namespace sesam::n200 {
namespace {

Result<void> request_random(Exchanger& exchanger, std::span<unsigned char> out,
                            Exchanger::Clock::time_point until) {
  const std::string count = std::to_string(out.size());
  Exchange asking{.operation = Operation::random,
                  .doing = {"getting random numbers", {}, exchanger.endpoint_url()},
                  .deadline = until,
                  .pauses_job = false,  // libcrypto holds its generator's lock
                  .expected_bytes = out.size()};
  asking.values.set(Placeholder::byte_count, count);
  SESAM_TRY(document, exchanger.exchange(asking));
  SESAM_TRY(text, exchanger.answer_of(asking, document));
  if (!decode(text, exchanger.row_of(asking).encoding, out))
    return error_of(
        asking.doing, Reason::bad_reply,
        "asked for " + count + " bytes, got a text of " + std::to_string(text.size()) + " characters");
  return {};
}

}  // namespace

Result<void> random(Exchanger& exchanger, std::span<unsigned char> out, std::size_t request_bytes) {
  const auto until = exchanger.deadline();
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), request_bytes));
    SESAM_CHECK(request_random(exchanger, part, until));
    out = out.subspan(part.size());
  }
  return {};
}

}  // namespace sesam::n200
