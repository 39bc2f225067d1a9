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

// After these the device may even be at it: an RSA key takes many seconds.
bool may_be_at_work(Reason reason) noexcept {
  return reason == Reason::connection_lost || reason == Reason::timed_out;
}

bool should_look_again(Reason reason) noexcept {
  return may_be_at_work(reason) || reason == Reason::cannot_connect;
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

Result<KeyRecord> Device::whole_record(const KeyRecords& found, std::size_t node) {
  KeyRecord record = found->front();
  return record.has_public_part() ? record : with_public_key(std::move(record), deadline(), node);
}

// The device answered with the new key's id.
Result<KeyRecord> Device::key_just_made(const Doing& doing, const Change& made, const EcKeyPair* given) {
  SESAM_TRY(found, keys_named(made.key_id, deadline(), made.node));
  if (found->empty())
    return error_of(doing, Reason::unknown_key, "the device does not know the key that it just made");
  SESAM_TRY(record, whole_record(found, made.node));
  if (given != nullptr && record.public_key != given->public_key)
    return error_of(doing, Reason::bad_public_key,
                    "the public key of " + secrets().redacted(record.key_id) +
                        " is not that of the private key that was sent");
  return record;
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
  SESAM_TRY(record, whole_record(*made, lost.node));
  if (!fits(key, given, record))
    return error_of(at_node, Reason::key_exists,
                    "the answer was lost, and " + secrets().redacted(record.key_id) +
                        " is not what was asked for: somebody else made it");
  return record;
}

// Each step has a deadline of its own: one that ran out in the middle must not keep us from finding out what
// became of the key.
Result<KeyRecord> Device::make_key(const NewKey& key, const EcKeyPair* given) {
  const Doing doing{given != nullptr ? "importing" : "generating", "key '" + key.nice_name + "'",
                    endpoint_url()};
  SESAM_CHECK(check_name_is_free(doing, key.nice_name));
  const Change made = request_new_key(key, given, deadline());
  if (made.outcome_unknown) return key_of_lost_answer(doing, key, given, made);
  if (made.error.reason != Reason::none) return made.error;
  return key_just_made(doing, made, given);
}

Result<KeyRecord> Device::generate(const NewKey& key) { return make_key(key, nullptr); }

Result<KeyRecord> Device::import_ec(const NewKey& key, const EcKeyPair& pair) { return make_key(key, &pair); }

}  // namespace sesam::n200
