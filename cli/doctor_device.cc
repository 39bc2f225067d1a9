// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: what the device itself says.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/hex.h"
#include "cli/doctor.h"
#include "cli/key_name.h"
#include "cli/trial_signature.h"
#include "transport/pipeline.h"

namespace sesam::cli {
namespace {

constexpr char kGet[] = "access by GET";
constexpr char kPost[] = "access by POST";
constexpr char kClock[] = "clock";
constexpr char kKey[] = "key";
constexpr char kSignature[] = "signature";
constexpr auto kTolerance = std::chrono::minutes(5);

void check_clock(std::chrono::sys_seconds theirs, Checkup& checkup) {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto ahead = theirs - now;
  const std::string seconds = std::to_string(std::chrono::abs(ahead).count()) + " s ";
  const std::string told = ahead.count() == 0 ? "as ours"
                                              : "the device's is " + seconds +
                                                    (ahead.count() > 0 ? "ahead of ours" : "behind ours");
  if (std::chrono::abs(ahead) > kTolerance)
    checkup.bad(kClock, told, "set the clock that is wrong: here with NTP, of the device in its web UI");
  else
    checkup.good(kClock, told);
}

std::string user_of(const n200::Device& device) {
  const auto& user = device.pipeline().options().user;
  return user.empty() ? "the device, without a user," : "user " + user;
}

// A signature with a key that no device has: how it is refused tells whether requests by POST are let in, and
// whether the core is there. Nothing is changed by it.
void check_post(n200::Device& device, Checkup& checkup) {
  const n200::KeyHandle nobody(n200::absent_key_id(), n200::absent_token_label(), "none",
                               device.options().core, {});
  const Bytes digest(32, 0);
  Bytes signature(64);
  const auto refused = device.sign(nobody, {n200::Operation::ec_sign, digest}, signature);
  constexpr Reason kLetIn[] = {Reason::unknown_key, Reason::device_error, Reason::http_status};
  const bool authorized =
      refused || std::find(std::begin(kLetIn), std::end(kLetIn), refused.error().reason) != std::end(kLetIn);
  if (authorized)
    checkup.good(kPost, user_of(device) + " may sign in core " + std::to_string(device.options().core));
  else
    checkup.bad(kPost, refused.error());
  checkup.skip({kKey, kSignature}, "no key was named: sesam doctor --key KEY makes a signature with it");
}

void check_signature(const std::shared_ptr<n200::Device>& device, const std::string& name, Checkup& checkup) {
  const auto found = find_key(*device, name);
  if (!found) {
    checkup.bad(kKey, found.error());
    checkup.skip({kSignature}, "there is no key");
    return;
  }
  const auto& record = found->record;
  checkup.good(kKey, "'" + record.nice_name + "' (" + record.key_id + "), " + record.key_type + " " +
                         std::to_string(record.key_bits));
  const auto made = trial_signature(device, *found);
  if (made)
    checkup.good(kSignature, *made);
  else
    checkup.bad(kSignature, made.error());
}

}  // namespace

void check_device(const std::shared_ptr<n200::Device>& device, const std::string& key, Checkup& checkup) {
  const auto time = device->timestamp();
  if (!time) {
    checkup.bad(kGet, time.error());
    checkup.skip({kClock, "connections", kKey, kSignature}, "the device does not answer us");
    return;
  }
  checkup.good(kGet, user_of(*device) + " is let in");
  check_clock(*time, checkup);
  check_limit(*device, checkup);
  if (key.empty())
    check_post(*device, checkup);
  else
    check_signature(device, key, checkup);
}

}  // namespace sesam::cli
