// SPDX-License-Identifier: Apache-2.0
// Device messages, with secrets redacted and control characters escaped.
#include "n200/redaction.h"

#include <array>
#include <string>

#include "base/printable.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sesam::fuzz::text_of(data, size);
  constexpr std::array<std::string_view, 3> secrets{"24681357", "Geheim-4711/x+", "pkmaster:sesam-demo"};
  const std::string redacted = sesam::n200::redact(text, secrets);
  for (const auto secret : secrets)
    sesam::fuzz::promise(redacted.find(secret) == redacted.npos, "no secret is left as it is");
  const std::string shown = sesam::printable(redacted);
  sesam::fuzz::promise(sesam::printable(shown) == shown, "filtering twice changes nothing");
  for (const char c : shown)
    sesam::fuzz::promise(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "no control character is left");
  return 0;
}
