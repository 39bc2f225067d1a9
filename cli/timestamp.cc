// SPDX-License-Identifier: Apache-2.0
// `sesam timestamp`: compares the device's clock with this machine's.
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "cli/commands.h"
#include "cli/output.h"

namespace sesam::cli {
namespace {

using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::system_clock;

std::string date_of(sys_seconds time) {
  const std::time_t since_1970 = system_clock::to_time_t(time);
  std::tm parts{};
  char text[64];
  if (::gmtime_r(&since_1970, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    return std::to_string(since_1970) + " s since 1970";
  return text;
}

std::string in_words(seconds difference) {
  if (difference == seconds(0)) return "none";
  return std::to_string(std::abs(difference.count())) + " s: the device's clock is " +
         (difference > seconds(0) ? "ahead" : "behind");
}

// The device returns whole seconds. It is assumed to answer halfway between request and reply.
Result<bool> timestamp(const Session& session) {
  SESAM_TRY(device, session.device());
  const auto before = system_clock::now();
  SESAM_TRY(there, device->timestamp());
  const auto after = system_clock::now();
  const sys_seconds here = floor<seconds>(before + (after - before) / 2);
  const seconds difference = there - here;
  if (session.json)
    print_json({{"device", there.time_since_epoch().count()},
                {"here", here.time_since_epoch().count()},
                {"difference_s", difference.count()}});
  else
    print_pairs(
        {{"Device", date_of(there)}, {"This machine", date_of(here)}, {"Difference", in_words(difference)}});
  return true;
}

}  // namespace

void add_timestamp(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("timestamp", "Show the device's time, and its difference from this machine's");
  command->callback([&session] { session.command = [&session] { return timestamp(session); }; });
}

}  // namespace sesam::cli
