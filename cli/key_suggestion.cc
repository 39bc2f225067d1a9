// SPDX-License-Identifier: Apache-2.0
#include "cli/key_suggestion.h"

#include "base/closest.h"
#include "n200/key_uri.h"
#include "n200/uri.h"

namespace sesam::cli {
namespace {

constexpr const char* kQuickly[] = {"deadline_ms=2000", "connect_timeout_ms=1000", "log_level=0",
                                    "max_listing_mib=16"};

std::string key_argument(const CLI::App& command) {
  for (const char* name : {"KEY", "PATTERN"})
    if (const auto* option = command.get_option_no_throw(name); option != nullptr && option->count() > 0)
      return option->as<std::string>();
  return {};
}

}  // namespace

std::vector<std::string> quick_key_names(const Session& session) {
  Session quick = session;
  quick.set.insert(quick.set.end(), std::begin(kQuickly), std::end(kQuickly));
  std::vector<std::string> names;
  const auto device = quick.device();
  if (!device) return names;
  static_cast<void>((*device)->list_keys(
      n200::KeyUri{}, [&](const n200::KeyRecord& record) { names.push_back(record.nice_name); },
      n200::Device::kAllTypes));
  return names;
}

std::string suggested_key(const CLI::App& command, const Session& session) {
  const std::string name = key_argument(command);
  if (name.empty() || n200::has_key_uri_scheme(name)) return {};
  return closest_to(name, quick_key_names(session));
}

}  // namespace sesam::cli
