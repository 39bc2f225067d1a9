// SPDX-License-Identifier: Apache-2.0
// New keys in the device: generated there, or imported.
#include <algorithm>
#include <utility>

#include "base/ascii_case.h"
#include "base/printable.h"
#include "n200/device.h"
#include "n200/disputed_names.h"

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{1000};

// After these the device may even be at it: an RSA key takes many seconds.
bool may_be_at_work(Reason reason) noexcept {
  return reason == Reason::connection_lost || reason == Reason::timed_out;
}

bool should_look_again(Reason reason) noexcept {
  return may_be_at_work(reason) || reason == Reason::cannot_connect;
}

std::string_view type_of(const NewKey& key) noexcept {
  return key.operation == Operation::rsa_generate ? "RSA" : key.curve_type;
}

// The device made something, but not what was asked for, or denies it.
bool is_dispute(Reason reason) noexcept {
  return reason == Reason::other_key_made || reason == Reason::bad_public_key || reason == Reason::bad_reply;
}

// Whether the record is of the key that was asked for, or of somebody else's of that name. No record tells
// the core.
bool fits(const NewKey& key, const EcKeyPair* given, const KeyRecord& record) {
  return record.key_type == type_of(key) && record.key_bits == key.bits &&
         (given == nullptr || record.public_key == given->public_key);
}

std::string described(std::string_view type, unsigned bits, const std::string& name) {
  return std::string(type) + " " + std::to_string(bits) + " '" + name + "'";
}

// Ids of one length count in hexadecimal.
bool is_higher_id(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() > b.size() : less_ignoring_case(b, a);
}

// The device returns names in JSON, so one of another form would not come back as it was sent.
bool can_travel(std::string_view name) {
  while (!name.empty()) {
    const auto character = first_character(name);
    const bool is_control = character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0);
    if (!character.is_utf8 || is_control) return false;
    name.remove_prefix(character.bytes);
  }
  return true;
}

std::span<const unsigned char> bytes_of(const Secret& secret) {
  return {reinterpret_cast<const unsigned char*>(secret.reveal().data()), secret.reveal().size()};
}

}  // namespace

Device::Change Device::request_new_key(const NewKey& key, const EcKeyPair* given, Clock::time_point until) {
  const std::string core = std::to_string(key.core);
  const std::string bits = std::to_string(key.bits);
  const Operation operation = given != nullptr ? Operation::ec_import : key.operation;
  const std::string_view verb = given != nullptr ? "importing" : "generating";
  Exchange asking{operation,       {},    {verb, "key '" + key.nice_name + "'", endpoint_url()},
                  kReplyCapBytes,  until, OperationKind::changing,
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
  auto document = exchange(asking);
  if (!document) return {std::move(document).error(), {}, asking.node, asking.outcome_unknown};
  auto key_id = document->text(options_.wire.row(operation).reply_path);
  if (!key_id)
    return {error_of(asking.doing, key_id.error().reason, key_id.error().detail), {}, asking.node, true};
  return {{Reason::none, {}}, std::string(*key_id), asking.node, false};
}

// Empty when the node knows no key of that name. Never from the cache: what is asked is what is true now.
Result<KeyRecords> Device::keys_named(const std::string& name, Clock::time_point until, OneNode node) {
  auto found = request_key(name, until, node);
  if (!found && found.error().reason == Reason::unknown_key)
    return std::make_shared<const std::vector<KeyRecord>>();
  return found;
}

// On every node: one that is behind the others does not have the newest keys.
Result<void> Device::check_name_is_free(const Doing& doing, const std::string& name) {
  const bool is_alone = nodes_.count() == 1;
  for (std::size_t node = 0; node < nodes_.count(); ++node) {
    auto present = keys_named(name, deadline(), is_alone ? OneNode() : OneNode(node));
    if (!present && is_alone) return std::move(present).error();
    if (!present)
      return error_of(doing, present.error().reason,
                      "nothing was sent, because not every node could be asked whether the name is free: " +
                          present.error().detail);
    if (!(*present)->empty())
      return error_of(doing, Reason::key_exists, secrets().redacted((*present)->front().key_id));
  }
  return {};
}

// Looks until the key is there or the deadline comes, though the node may be out of reach for a while.
Result<KeyRecords> Device::await_key(const std::string& name, Clock::time_point until, std::size_t node) {
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto found = keys_named(name, until, node);
    const bool look_again = found ? (*found)->empty() : should_look_again(found.error().reason);
    if (!look_again || Clock::now() + pause >= until) return found;
    pipeline_->rest_until(Clock::now() + pause);
  }
}

Result<KeyRecord> Device::whole_record(KeyRecord record, std::size_t node) {
  return record.has_public_part() ? record : with_public_key(std::move(record), deadline(), node);
}

// Nothing is deleted: a device that is wrong, or lies, may have named another key.
Error Device::other_key(const Doing& doing, const NewKey& key, const KeyRecord& record) const {
  const std::string key_id = secrets().redacted(record.key_id);
  return error_of(
      doing, Reason::other_key_made,
      "requested was " + described(type_of(key), key.bits, key.nice_name) + ", the device returned " +
          key_id + ", which is " +
          secrets().redacted(described(record.key_type, record.key_bits, record.nice_name)) +
          "; it may be another key that is in use: only if it is not, remove it with 'sesam delete " +
          key_id + "'");
}

// The device answered with the new key's id.
Result<KeyRecord> Device::key_just_made(const Doing& doing, const NewKey& key, const EcKeyPair* given,
                                        const Change& made) {
  SESAM_TRY(named, keys_named(key.nice_name, deadline(), made.node));
  const auto is_made = [&](const KeyRecord& record) {
    return equal_ignoring_case(record.key_id, made.key_id);
  };
  KeyRecords found = named;
  if (std::ranges::none_of(*named, is_made)) {
    SESAM_TRY(by_id, keys_named(made.key_id, deadline(), made.node));
    found = by_id;
  }
  const auto mine = std::ranges::find_if(*found, is_made);
  if (mine == found->end())
    return error_of(doing, Reason::other_key_made,
                    "the device does not know the key that it just made, " + secrets().redacted(made.key_id));
  SESAM_TRY(record, whole_record(*mine, made.node));
  if (!fits(key, nullptr, record) || record.nice_name != key.nice_name) return other_key(doing, key, record);
  if (given != nullptr && record.public_key != given->public_key)
    return error_of(doing, Reason::bad_public_key,
                    "the public key of " + secrets().redacted(record.key_id) +
                        " is not that of the private key that was sent");
  SESAM_CHECK(check_no_other(doing, *named, record));
  return record;
}

// Where two callers made a key of one name at the same time, that of the higher key_id gets the error.
Result<void> Device::check_no_other(const Doing& doing, const std::vector<KeyRecord>& named,
                                    const KeyRecord& mine) const {
  for (const auto& other : named) {
    if (equal_ignoring_case(other.key_id, mine.key_id) || other.nice_name != mine.nice_name) continue;
    const std::string both =
        "the keys " + mine.key_id + " and " + other.key_id + " were made at the same time under one name";
    if (is_higher_id(mine.key_id, other.key_id))
      return error_of(
          doing, Reason::several_keys_match,
          both + ": remove the one that is not used, probably with 'sesam delete " + mine.key_id + "'");
    log_->write(LogLevel::failures, error_of(doing, Reason::none, both).detail);
  }
  return {};
}

// Never asked for twice: if the answer was lost, the key is there under its name, or comes to be there, or is
// not. The node that got the request knows, and no other.
Result<KeyRecord> Device::key_of_lost_answer(const Doing& doing, const NewKey& key, const EcKeyPair* given,
                                             const Change& lost) {
  const Doing at_node{doing.what, doing.key, url_of(lost.node)};
  auto made = may_be_at_work(lost.error.reason) ? await_key(key.nice_name, deadline(), lost.node)
                                                : keys_named(key.nice_name, deadline(), lost.node);
  if (!made)
    return error_of(at_node, Reason::outcome_unknown,
                    "whether the key exists is not known (" + std::string(text_of(lost.error.reason)) +
                        ", then " + text_of(made.error().reason) + "): " + made.error().detail);
  if ((*made)->empty()) return lost.error;
  if ((*made)->size() > 1)
    return error_of(at_node, Reason::several_keys_match,
                    "somebody else made a key of that name at the same time");
  SESAM_TRY(record, whole_record((*made)->front(), lost.node));
  if (!fits(key, given, record))
    return error_of(at_node, Reason::key_exists,
                    "the answer was lost, and " + secrets().redacted(record.key_id) +
                        " is not what was asked for: somebody else made it");
  return record;
}

Result<void> Device::check_name(const Doing& doing, const std::string& name) {
  if (!can_travel(name))
    return error_of(doing, Reason::bad_argument,
                    "a key's name must be UTF-8 text without control characters; nothing was sent");
  if (process_state<DisputedNames>().contains(identity_ + name))
    return error_of(doing, Reason::other_key_made, "this happened before in this process; nothing was sent");
  return check_name_is_free(doing, name);
}

// Each step has a deadline of its own: one that ran out in the middle must not keep us from finding out what
// became of the key.
Result<KeyRecord> Device::make_key(const NewKey& key, const EcKeyPair* given) {
  const Doing doing{given != nullptr ? "importing" : "generating", "key '" + key.nice_name + "'",
                    endpoint_url()};
  SESAM_CHECK(check_name(doing, key.nice_name));
  const Change made = request_new_key(key, given, deadline());
  if (made.outcome_unknown) return key_of_lost_answer(doing, key, given, made);
  if (made.error.reason != Reason::none) return made.error;
  auto record = key_just_made(doing, key, given, made);
  if (!record && is_dispute(record.error().reason))
    process_state<DisputedNames>().add(identity_ + key.nice_name);
  return record;
}

Result<KeyRecord> Device::generate(const NewKey& key) { return make_key(key, nullptr); }

Result<KeyRecord> Device::import_ec(const NewKey& key, const EcKeyPair& pair) { return make_key(key, &pair); }

}  // namespace sesam::n200
