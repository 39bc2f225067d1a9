// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: the checks that use the device's replies.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "cli/advice.h"
#include "cli/device_access.h"
#include "cli/doctor.h"
#include "cli/key_name.h"
#include "cli/trial_signature.h"
#include "n200/errors.h"
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
  const std::string told =
      ahead.count() == 0 ? "in sync with this machine's"
                         : "the device's clock is " + seconds +
                               (ahead.count() > 0 ? "ahead of this machine's" : "behind this machine's");
  if (std::chrono::abs(ahead) > kTolerance)
    checkup.bad(kClock, told,
                "correct the wrong clock: of this machine with NTP, of the device in its web UI");
  else
    checkup.good(kClock, told);
}

std::string user_of(const n200::Device& device) {
  const auto& user = device.pipeline().options().user;
  return user.empty() ? "a request without a user" : "user " + user;
}

std::string hint_before(const std::string& hint, const std::string& cure) {
  return hint.empty() ? cure : hint + "; otherwise: " + cure;
}

// A GET was authorized before, so user and password are right.
std::string cure_for_post(const n200::Device& device, const Error& error) {
  if (!is_denial(error.reason)) return advice_in_doctor(error.reason);
  return "user and password are right, as a GET was authorized: in the device's web UI, add an access rule "
         "that "
         "allows HTTP POST for " +
         user_of(device);
}

std::string cure_for_get(const Error& error, const Questions& questions) {
  const std::string cure = advice_in_doctor(error.reason);
  return is_denial(error.reason) ? hint_before(questions.pass_hint, cure) : cure;
}

// With --key, the device may also refuse a POST because of the key's access list.
std::string cure_for_signature(const n200::Device& device, const Error& error, const Questions& questions) {
  if (error.detail.find(n200::kKeyIsLocked) != error.detail.npos)
    return "unlock the key in the device's web UI; if the PIN was wrong, correct it before the next try";
  if (error.reason == Reason::wrong_pin)
    return hint_before(questions.pin_hint, advice_in_doctor(error.reason));
  if (is_denial(error.reason))
    return cure_for_post(device, error) + ", or change the access list of the key, which may forbid it";
  return advice_in_doctor(error.reason);
}

void check_post(n200::Device& device, Checkup& checkup) {
  const auto refused = sign_with_absent_key(device, device.options().core);
  constexpr Reason kAuthorized[] = {Reason::unknown_key, Reason::device_error, Reason::http_status,
                                    Reason::server_error};
  const bool authorized = refused || std::find(std::begin(kAuthorized), std::end(kAuthorized),
                                               refused.error().reason) != std::end(kAuthorized);
  if (authorized)
    checkup.good(kPost, user_of(device) + " may sign in core " + std::to_string(device.options().core));
  else
    checkup.bad(kPost, refused.error(), cure_for_post(device, refused.error()));
  checkup.skip({kKey, kSignature}, "to sign with a key, run: sesam doctor --key KEY");
}

void sign_and_report(const std::shared_ptr<n200::Device>& device, const FoundKey& found, Questions& questions,
                     Checkup& checkup) {
  if (!questions.why_not_to_sign.empty()) return checkup.skip({kSignature}, questions.why_not_to_sign);
  if (questions.is_pin_rejected)
    return checkup.skip({kSignature}, "another node rejected the PIN, and a further try may lock the key");
  const auto made = trial_signature(device, found);
  if (made) return checkup.good(kSignature, *made);
  questions.is_pin_rejected = made.error().reason == Reason::wrong_pin;
  checkup.bad(kSignature, made.error(), cure_for_signature(*device, made.error(), questions));
}

void check_key(const std::shared_ptr<n200::Device>& device, Questions& questions, Checkup& checkup) {
  const auto found = find_key(*device, questions.key);
  if (!found) {
    checkup.bad(kKey, found.error(), advice_in_doctor(found.error().reason));
    return checkup.skip({kSignature}, "the key was not found");
  }
  const auto& record = found->record;
  const std::string described = "'" + record.nice_name + "' (" + record.key_id + "), " + record.key_type +
                                " " + std::to_string(record.key_bits);
  if (questions.key_id.empty()) questions.key_id = record.key_id;
  if (questions.key_id == record.key_id)
    checkup.good(kKey, described);
  else
    checkup.bad(kKey, described + " is not the key of the first node, " + questions.key_id,
                "copy the key of the first node to this node, as the device's manual says for a cluster");
  sign_and_report(device, *found, questions, checkup);
}

}  // namespace

bool check_device(const std::shared_ptr<n200::Device>& device, HttpVersion http, Questions& questions,
                  Checkup& checkup) {
  const auto time = device->timestamp();
  if (!time && !n200::says_no_time(time.error().reason)) {
    checkup.bad(kGet, time.error(), cure_for_get(time.error(), questions));
    checkup.skip({kClock, "connections", kKey, kSignature}, "the device did not answer");
    return false;
  }
  checkup.good(kGet, user_of(*device) + " is authorized");
  if (time)
    check_clock(*time, checkup);
  else
    checkup.warn(kClock, time.error().detail, "correct wire_timestamp in openssl.cnf by the vendor's manual");
  check_limit(*device, http, checkup);
  if (questions.key.empty())
    check_post(*device, checkup);
  else
    check_key(device, questions, checkup);
  return true;
}

}  // namespace sesam::cli
