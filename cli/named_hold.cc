// SPDX-License-Identifier: Apache-2.0
#include "cli/named_hold.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "cli/child_output.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLimit{10};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// The process ID of a running named; empty if there is none.
std::string running_named() {
  std::error_code failed;
  for (fs::directory_iterator entry("/proc", failed), end; !failed && entry != end; entry.increment(failed)) {
    std::string name;
    std::getline(std::ifstream(entry->path() / "comm"), name);
    const std::string pid = entry->path().filename().string();
    if (name == "named" && std::all_of(pid.begin(), pid.end(), [](char c) { return c >= '0' && c <= '9'; }))
      return pid;
  }
  return {};
}

Error held(const std::string& problem) { return {Reason::bad_argument, problem}; }

}  // namespace

Result<void> check_not_held_by_named(const std::string& zone, const std::string& rndc) {
  std::istringstream stream(rndc);
  std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
  if (words.empty()) return held("--rndc: expected a command");
  words.insert(words.end(), {"zonestatus", zone});
  const ChildOutput answer = output_of(words, kLimit);
  if (answer.status == 0 && has(answer.text, "frozen: yes")) return {};
  if (answer.status == 0 && has(answer.text, "dynamic: yes"))
    return held("named serves the zone " + zone + " and may write its K files; run 'rndc freeze " + zone +
                "', or stop named");
  if (answer.status == 0)
    return held("named serves the zone " + zone +
                " and may write its K files; stop named, as a zone that is not dynamic cannot be frozen");
  if (has(answer.text, "no matching zone")) return {};
  if (has(answer.text, "found in multiple views"))
    return held(
        "named has the zone " + zone +
        " in several views, so rndc cannot say whether it is frozen; stop named, or freeze the zone in "
        "each view and give --assume-frozen");
  const std::string pid = running_named();
  if (pid.empty()) return {};
  return held("named runs as process " + pid + ", and rndc cannot say whether it serves the zone " + zone +
              " (" + answer.text.substr(0, answer.text.find('\n')) +
              "); stop named, or name rndc's options in --rndc; --assume-frozen skips this check");
}

}  // namespace sesam::cli
