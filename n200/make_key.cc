// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/ascii_case.h"
#include "base/printable.h"
#include "n200/account.h"
#include "n200/disputed_names.h"
#include "n200/find_key.h"
#include "n200/key_type_forms.h"
#include "n200/lost_answer.h"

namespace sesam::n200 {
namespace {

std::string_view type_of(const NewKey& key) noexcept {
  return key.operation == Operation::rsa_generate ? word_of(KeyFamily::rsa) : key.curve_type;
}

// The device made another key than requested, or denies that it made one.
bool is_dispute(Reason reason) noexcept {
  return reason == Reason::other_key_made || reason == Reason::bad_public_key || reason == Reason::bad_reply;
}

// Whether the record is that of the requested key, not of another client's key of that name. Records do not
// contain the core.
bool fits(const NewKey& key, const EcKeyPair* given, const KeyRecord& record) {
  return record.key_type == type_of(key) && record.key_bits == key.bits &&
         (given == nullptr || record.public_key == given->public_key);
}

std::string described(std::string_view type, unsigned bits, const std::string& name) {
  return std::string(type) + " " + std::to_string(bits) + " '" + name + "'";
}

// IDs of equal length are compared as hexadecimal numbers.
bool is_higher_id(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() > b.size() : less_ignoring_case(b, a);
}

// Whether the device can return the name, in JSON, exactly as it was sent.
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

Change request_new_key(Exchanger& exchanger, const NewKey& key, const EcKeyPair* given,
                       const OperationContext& doing) {
  const std::string core = std::to_string(key.core);
  const std::string bits = std::to_string(key.bits);
  Exchange asking{.operation = given != nullptr ? Operation::ec_import : key.operation,
                  .doing = {doing.what, doing.key, exchanger.endpoint_url()},
                  .deadline = exchanger.deadline(),
                  .kind = OperationKind::changing,
                  .pin = key.pin.reveal()};
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
  return request_change(exchanger, asking);
}

// Asks every node: a node that lags behind the others does not have the newest keys.
Result<void> check_name_is_free(Exchanger& exchanger, const OperationContext& doing,
                                const std::string& name) {
  const bool is_alone = exchanger.node_count() == 1;
  for (std::size_t node = 0; node < exchanger.node_count(); ++node) {
    auto present = keys_named_or_listed(exchanger, name, is_alone ? OneNode() : OneNode(node));
    if (!present)
      return error_of(doing, present.error().reason,
                      std::string("request not sent, because ") +
                          (is_alone ? "it is not known" : "not every node could be asked") +
                          " whether the name is free: " + present.error().detail);
    if (!(*present)->empty())
      return error_of({doing.what, doing.key, is_alone ? doing.endpoint : exchanger.url_of(node)},
                      Reason::key_exists, exchanger.redacted((*present)->front().key_id));
  }
  return {};
}

Result<KeyRecord> whole_record(Exchanger& exchanger, KeyRecord record, std::size_t node) {
  return record.has_public_part() ? record
                                  : with_public_key(exchanger, std::move(record), exchanger.deadline(), node);
}

// The key is not deleted: a faulty or dishonest device may have named another key.
Error other_key(Exchanger& exchanger, const OperationContext& doing, const NewKey& key,
                const KeyRecord& record) {
  const std::string key_id = exchanger.redacted(record.key_id);
  return error_of(
      doing, Reason::other_key_made,
      "requested was " + described(type_of(key), key.bits, key.nice_name) + ", the device returned " +
          key_id + ", which is " +
          exchanger.redacted(described(record.key_type, record.key_bits, record.nice_name)) +
          "; it may be another key that is in use: only if it is not, remove it with 'sesam delete " +
          key_id + "'");
}

// If two callers made keys of one name at the same time, the one with the higher key_id gets the error.
Result<void> check_no_other(Exchanger& exchanger, const OperationContext& doing,
                            const std::vector<KeyRecord>& named, const KeyRecord& mine) {
  for (const auto& other : named) {
    if (equal_ignoring_case(other.key_id, mine.key_id) || other.nice_name != mine.nice_name) continue;
    const std::string both =
        "the keys " + mine.key_id + " and " + other.key_id + " were made at the same time under one name";
    if (is_higher_id(mine.key_id, other.key_id))
      return error_of(
          doing, Reason::several_keys_match,
          both + ": remove the one that is not used, probably with 'sesam delete " + mine.key_id + "'");
    exchanger.log().write(LogLevel::failures, error_of(doing, Reason::none, both).detail);
  }
  return {};
}

// For the audit, which does without if there is no memory.
std::string shown_id(const Exchanger& exchanger, const std::string& key_id) noexcept try {
  return exchanger.redacted(key_id);
} catch (const std::bad_alloc&) {
  return {};
}

// The key exists, and only its user can tell what becomes of it. A device whose records cannot be used gets
// no further key of this name.
Error unread(Exchanger& exchanger, const OperationContext& doing, const std::string& key_id,
             const Error& look_up) {
  if (look_up.reason == Reason::out_of_memory) return look_up;
  return error_of(
      doing, is_dispute(look_up.reason) ? look_up.reason : Reason::outcome_unknown,
      "the device made " + exchanger.redacted(key_id) + ", but its record cannot be read: " + look_up.detail);
}

// Checks the key whose key_id the device returned.
Result<KeyRecord> key_just_made(Exchanger& exchanger, const OperationContext& doing, const NewKey& key,
                                const EcKeyPair* given, const Change& made) {
  const OperationContext at_node{doing.what, doing.key, exchanger.url_of(made.node)};
  const auto named = keys_named(exchanger, key.nice_name, exchanger.deadline(), made.node);
  if (!named) return unread(exchanger, at_node, made.answer, named.error());
  const auto is_made = [&](const KeyRecord& record) {
    return equal_ignoring_case(record.key_id, made.answer);
  };
  KeyRecords found = *named;
  if (std::ranges::none_of(**named, is_made)) {
    const auto by_id = keys_named(exchanger, made.answer, exchanger.deadline(), made.node);
    if (!by_id) return unread(exchanger, at_node, made.answer, by_id.error());
    found = *by_id;
  }
  const auto mine = std::ranges::find_if(*found, is_made);
  if (mine == found->end())
    return error_of(
        doing, Reason::other_key_made,
        "the device does not know the key that it just generated, " + exchanger.redacted(made.answer));
  auto whole = whole_record(exchanger, *mine, made.node);
  if (!whole) return unread(exchanger, at_node, made.answer, whole.error());
  KeyRecord& record = *whole;
  if (!fits(key, nullptr, record) || record.nice_name != key.nice_name)
    return other_key(exchanger, doing, key, record);
  if (given != nullptr && record.public_key != given->public_key)
    return error_of(doing, Reason::bad_public_key,
                    "the public key of " + exchanger.redacted(record.key_id) +
                        " is not that of the private key that was sent");
  SESAM_CHECK(check_no_other(exchanger, doing, **named, record));
  return whole;
}

Result<KeyRecord> key_just_made_or_out_of_memory(Exchanger& exchanger, const OperationContext& doing,
                                                 const NewKey& key, const EcKeyPair* given,
                                                 const Change& made) try {
  return key_just_made(exchanger, doing, key, given, made);
} catch (const std::bad_alloc&) {
  return Error{Reason::out_of_memory, {}};
}

// The request is never repeated. If its reply was lost, look-ups by name show whether the key exists or will
// soon.
Result<KeyRecord> key_of_lost_answer(Exchanger& exchanger, const OperationContext& doing, const NewKey& key,
                                     const EcKeyPair* given, const Change& lost) {
  const OperationContext at_node{doing.what, doing.key, exchanger.url_of(lost.node)};
  const auto made = lost.may_be_at_work
                        ? look_until(exchanger, Awaited::there, key.nice_name, lost)
                        : keys_named(exchanger, key.nice_name, exchanger.deadline(), lost.node);
  if (!made) return unknown_outcome(at_node, "whether the key exists", lost, made.error());
  if ((*made)->empty()) return lost.error;
  if ((*made)->size() > 1)
    return error_of(at_node, Reason::several_keys_match,
                    "another client generated a key of that name at the same time");
  auto whole = whole_record(exchanger, (*made)->front(), lost.node);
  if (!whole)
    return unknown_outcome(at_node,
                           "whether " + exchanger.redacted((*made)->front().key_id) + " is the requested key",
                           lost, whole.error());
  const KeyRecord& record = *whole;
  if (!fits(key, given, record))
    return error_of(at_node, Reason::key_exists,
                    "no response received, and " + exchanger.redacted(record.key_id) +
                        " is not the requested key: another client generated it");
  return whole;
}

Result<void> check_name(Exchanger& exchanger, const OperationContext& doing, const std::string& name) {
  if (!can_travel(name))
    return error_of(doing, Reason::bad_argument,
                    "a key's name must be UTF-8 text without control characters; request not sent");
  if (process_state<DisputedNames>().contains(exchanger.identity() + name))
    return error_of(doing, Reason::other_key_made, "this happened before in this process; request not sent");
  return check_name_is_free(exchanger, doing, name);
}

// Each step has its own deadline: an expired one must not prevent the look-up that shows what became of the
// key. Sets `node` to the node that got the request, and `key_id` to what it returned.
Result<KeyRecord> make_in_device(Exchanger& exchanger, const OperationContext& doing, const NewKey& key,
                                 const EcKeyPair* given, std::string_view& node, std::string& key_id) {
  SESAM_CHECK(check_name(exchanger, doing, key.nice_name));
  Change made = request_new_key(exchanger, key, given, doing);
  node = exchanger.url_of(made.node);
  key_id = shown_id(exchanger, made.answer);
  if (made.outcome_unknown) return key_of_lost_answer(exchanger, doing, key, given, made);
  if (made.error.reason != Reason::none) return made.error;
  auto record = key_just_made_or_out_of_memory(exchanger, doing, key, given, made);
  if (record) return record;
  if (record.error().reason == Reason::out_of_memory) {  // the key exists: treat this as a lost reply
    made.error = std::move(record).error();
    return key_of_lost_answer(exchanger, doing, key, given, made);
  }
  if (is_dispute(record.error().reason))
    process_state<DisputedNames>().add(exchanger.identity() + key.nice_name);
  return record;
}

}  // namespace

Result<KeyRecord> make_key(Exchanger& exchanger, const NewKey& key, const EcKeyPair* given) {
  const OperationContext doing{given != nullptr ? "importing" : "generating", "key '" + key.nice_name + "'",
                               exchanger.endpoint_url()};
  Account account(exchanger, given != nullptr ? "import" : "generate");
  AuditRecord& record = account.record;
  record.nice_name = key.nice_name;
  record.core = key.core;
  record.key_type = type_of(key);
  record.key_bits = key.bits;
  record.node = doing.endpoint;
  SESAM_CHECK(account.begin());
  std::string key_id;
  auto made = make_in_device(exchanger, doing, key, given, record.node, key_id);
  if (made) key_id = shown_id(exchanger, made->key_id);
  record.key_id = key_id;
  return account.end(std::move(made), "the key was made: " + key_id);
}

}  // namespace sesam::n200
