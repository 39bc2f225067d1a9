// SPDX-License-Identifier: Apache-2.0
// New keys in the device: generated there, or imported.
#include <algorithm>
#include <utility>

#include "n200/device.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{1000};

template <std::size_t N>
bool is_one_of(Reason reason, const Reason (&reasons)[N]) noexcept {
  return std::find(std::begin(reasons), std::end(reasons), reason) != std::end(reasons);
}

// After these the device may have made the key all the same: it sent an answer that did not arrive, or that
// cannot be read.
bool outcome_is_unknown(Reason reason) noexcept {
  constexpr Reason kUnknown[] = {Reason::connection_lost,     Reason::timed_out,
                                 Reason::bad_reply,           Reason::http_status,
                                 Reason::reply_field_missing, Reason::reply_too_large};
  return is_one_of(reason, kUnknown);
}

// After these it may even be at it: an RSA key takes many seconds.
bool may_be_at_work(Reason reason) noexcept {
  constexpr Reason kUnanswered[] = {Reason::connection_lost, Reason::timed_out};
  return is_one_of(reason, kUnanswered);
}

// Whether the record is of the key that was asked for, or of somebody else's of that name. No record tells
// the core.
bool fits(const NewKey& key, const EcKeyPair* given, const KeyRecord& record) {
  const std::string_view type = key.operation == Operation::rsa_generate ? "RSA" : key.curve_type;
  return record.key_type == type && record.key_bits == key.bits &&
         (given == nullptr || record.public_key == given->public_key);
}

std::span<const unsigned char> bytes_of(const Secret& secret) {
  return {reinterpret_cast<const unsigned char*>(secret.reveal().data()), secret.reveal().size()};
}

}  // namespace

Result<std::string> Device::request_new_key(const NewKey& key, const EcKeyPair* given,
                                            Clock::time_point until) {
  const std::string core = std::to_string(key.core);
  const std::string bits = std::to_string(key.bits);
  const Operation operation = given != nullptr ? Operation::ec_import : key.operation;
  const std::string_view verb = given != nullptr ? "importing" : "generating";
  Exchange asking{operation,       {},    {verb, "key '" + key.nice_name + "'", endpoint_url()},
                  kReplyCapBytes,  until, Repetition::harmful,
                  key.pin.reveal()};
  asking.values.set(Placeholder::core, core)
      .set(Placeholder::type, key.curve_type)
      .set(Placeholder::bits, bits)
      .set(Placeholder::acl, key.acl)
      .set(Placeholder::pin, asking.pin)
      .set(Placeholder::name, key.nice_name);
  if (given != nullptr) {
    asking.values.set_private_key(bytes_of(given->scalar));
    asking.secret_sent = given->scalar.reveal();
  }
  SESAM_TRY(document, exchange(asking));
  auto key_id = document.text(options_.wire.row(operation).reply_path);
  if (!key_id) return error_of(asking.doing, key_id.error().reason, key_id.error().detail);
  return std::string(*key_id);
}

// Empty when the device knows no key of that name. Never from the cache: what is asked is what is true now.
Result<KeyRecords> Device::keys_named(const std::string& name, Clock::time_point until) {
  auto found = request_key(name, until);
  if (!found && found.error().reason == Reason::unknown_key)
    return std::make_shared<const std::vector<KeyRecord>>();
  return found;
}

// Looks until the key is there or the deadline comes, though the device may be out of reach for a while.
Result<KeyRecords> Device::await_key(const std::string& name, Clock::time_point until) {
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto found = keys_named(name, until);
    const bool look_again =
        found ? (*found)->empty()
              : may_be_at_work(found.error().reason) || found.error().reason == Reason::cannot_connect;
    if (!look_again || Clock::now() + pause >= until) return found;
    pipeline_->rest_until(Clock::now() + pause);
  }
}

Result<KeyRecord> Device::whole_record(const KeyRecords& found) {
  KeyRecord record = found->front();
  return record.has_public_part() ? record : with_public_key(std::move(record), deadline());
}

// The device answered with the new key's id.
Result<KeyRecord> Device::key_just_made(const Doing& doing, const std::string& key_id,
                                        const EcKeyPair* given) {
  SESAM_TRY(made, keys_named(key_id, deadline()));
  if (made->empty())
    return error_of(doing, Reason::unknown_key, "the device does not know the key that it just made");
  SESAM_TRY(record, whole_record(made));
  if (given != nullptr && record.public_key != given->public_key)
    return error_of(doing, Reason::bad_public_key,
                    "the public key of " + record.key_id + " is not that of the private key that was sent");
  return record;
}

// Never asked for twice: if the answer was lost, the key is there under its name, or comes to be there, or is
// not.
Result<KeyRecord> Device::key_of_lost_answer(const Doing& doing, const NewKey& key, const EcKeyPair* given,
                                             Error lost) {
  auto made = may_be_at_work(lost.reason) ? await_key(key.nice_name, deadline())
                                          : keys_named(key.nice_name, deadline());
  if (!made)
    return error_of(doing, lost.reason,
                    "the answer was lost, and whether the key exists is not known: " + made.error().detail);
  if ((*made)->empty()) return lost;
  if ((*made)->size() > 1)
    return error_of(doing, Reason::several_keys_match,
                    "somebody else made a key of that name at the same time");
  SESAM_TRY(record, whole_record(*made));
  if (!fits(key, given, record))
    return error_of(
        doing, Reason::key_exists,
        "the answer was lost, and " + record.key_id + " is not what was asked for: somebody else made it");
  return record;
}

// Each step has a deadline of its own: one that ran out in the middle must not keep us from finding out what
// became of the key.
Result<KeyRecord> Device::make_key(const NewKey& key, const EcKeyPair* given) {
  const Doing doing{given != nullptr ? "importing" : "generating", "key '" + key.nice_name + "'",
                    endpoint_url()};
  SESAM_TRY(present, keys_named(key.nice_name, deadline()));
  if (!present->empty()) return error_of(doing, Reason::key_exists, present->front().key_id);
  auto key_id = request_new_key(key, given, deadline());
  if (key_id) return key_just_made(doing, *key_id, given);
  if (!outcome_is_unknown(key_id.error().reason)) return std::move(key_id).error();
  return key_of_lost_answer(doing, key, given, std::move(key_id).error());
}

Result<KeyRecord> Device::generate(const NewKey& key) { return make_key(key, nullptr); }

Result<KeyRecord> Device::import_ec(const NewKey& key, const EcKeyPair& pair) { return make_key(key, &pair); }

}  // namespace sesam::n200
