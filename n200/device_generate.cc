// SPDX-License-Identifier: Apache-2.0
// Generating keys in the device.
#include <algorithm>
#include <utility>

#include "n200/device.h"

namespace sesam::n200 {
namespace {

// After these the device may have made the key all the same: it sent an answer that did not arrive, or that cannot be read.
bool outcome_is_unknown(Reason reason) noexcept {
  constexpr Reason kUnknown[] = {Reason::connection_lost, Reason::timed_out,           Reason::bad_reply,
                                 Reason::http_status,     Reason::reply_field_missing, Reason::reply_too_large};
  return std::find(std::begin(kUnknown), std::end(kUnknown), reason) != std::end(kUnknown);
}

}  // namespace

Result<std::string> Device::request_generation(const NewKey& key, Clock::time_point until) {
  const std::string core = std::to_string(key.core);
  const std::string bits = std::to_string(key.bits);
  Exchange asking{key.operation, {}, {"generating", "key '" + key.nice_name + "'", endpoint_url()}, kReplyCapBytes, until, Repetition::harmful, key.pin.reveal()};
  asking.values.set(Placeholder::core, core)
      .set(Placeholder::type, key.curve_type)
      .set(Placeholder::bits, bits)
      .set(Placeholder::acl, key.acl)
      .set(Placeholder::pin, asking.pin)
      .set(Placeholder::name, key.nice_name);
  SESAM_TRY(document, exchange(asking));
  auto key_id = document.text(options_.wire.row(key.operation).reply_path);
  if (!key_id) return error_of(asking.doing, key_id.error().reason, key_id.error().detail);
  return std::string(*key_id);
}

// Null when the device knows no key of that name. Never from the cache: what is asked is what is true now.
Result<KeyRecords> Device::keys_named(const std::string& name, Clock::time_point until) {
  auto found = request_key(name, until);
  if (!found && found.error().reason == Reason::unknown_key) return KeyRecords();
  return found;
}

// Each step has a deadline of its own: one that ran out in the middle must not keep us from finding out what became of the key.
Result<KeyRecord> Device::generate(const NewKey& key) {
  const Doing doing{"generating", "key '" + key.nice_name + "'", endpoint_url()};
  SESAM_TRY(present, keys_named(key.nice_name, deadline()));
  if (present && !present->empty()) return error_of(doing, Reason::key_exists, present->front().key_id);
  auto key_id = request_generation(key, deadline());
  if (!key_id && !outcome_is_unknown(key_id.error().reason)) return std::move(key_id).error();
  // Never generated twice: if the answer was lost, the key is there under its name, or it is not.
  SESAM_TRY(made, keys_named(key_id ? *key_id : key.nice_name, deadline()));
  if (!made || made->empty()) return key_id ? error_of(doing, Reason::unknown_key, "the device does not know the key that it just made") : std::move(key_id).error();
  if (made->size() > 1) return error_of(doing, Reason::several_keys_match, "somebody else generated a key of that name at the same time");
  KeyRecord record = made->front();
  return record.has_public_part() ? record : with_public_key(std::move(record), deadline());
}

}  // namespace sesam::n200
