// SPDX-License-Identifier: Apache-2.0
#include "n200/vendor_conf.h"

#include "promise.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto conf = sesam::n200::parse_vendor_conf(sesam::fuzz::text_of(data, size));
  if (conf) return 0;
  sesam::fuzz::promise(conf.error().detail == "not a JSON object", "a file that is refused is not quoted");
  return 0;
}
