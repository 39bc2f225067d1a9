// SPDX-License-Identifier: Apache-2.0
// A provider section: lines of "key=value".
#include "config/configuration.h"

#include <algorithm>
#include <string>

#include "promise.h"

namespace {

using sesam::fuzz::promise;
using namespace sesam::config;

constexpr std::string_view kSecret = "correct-horse-battery";

Values values_of(std::string_view text) {
  Values values;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    const auto equals = line.find('=');
    if (equals != line.npos)
      values.emplace(std::string(line.substr(0, equals)), sesam::Secret(line.substr(equals + 1)));
  }
  return values;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sesam::fuzz::text_of(data, size);
  if (text.find(kSecret) != text.npos)
    return 0;  // the fuzzer discovers the secret and puts it into other settings
  auto values = values_of(text);
  for (const char* key : {"pass", "pin"}) {
    if (values.find(key) == values.end()) continue;
    values.erase(key);
    values.emplace(key, sesam::Secret(kSecret));
  }
  const auto configuration = build_configuration(values);
  if (!configuration) {
    promise(configuration.error().reason == sesam::Reason::bad_configuration,
            "what is refused is a bad_configuration");
    promise(configuration.error().detail.find(kSecret) == std::string::npos, "a message holds no secret");
    return 0;
  }
  promise(!configuration->connection.urls.empty(), "a configuration has a URL");
  for (const auto& url : configuration->connection.urls)
    promise(url.starts_with("https://"), "a URL is https");
  promise(configuration->device.core >= 1 && configuration->log_level <= 10,
          "numbers are within their bounds");
  return 0;
}
