// SPDX-License-Identifier: Apache-2.0
// Finding and listing keys.
#include <algorithm>
#include <utility>

#include "base/ascii_case.h"
#include "base/hex.h"
#include "n200/bounded_records.h"
#include "n200/device.h"
#include "n200/key_cache.h"
#include "n200/reply_members.h"

namespace sesam::n200 {
namespace {

constexpr std::string_view kManufacturer = "sematiconAG";  // as the vendor's PKCS#11 module says (n200.md)

constexpr std::string_view kObservedType = Device::kAllTypes[0];
constexpr std::string_view kSymmetricType = "SYM";  // has no public part

constexpr int kServersOwnTrouble = 500;  // HTTP status, RFC 9110 section 15.6

std::span<const unsigned char> bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// What the device is asked for: the narrowest name that the URI has.
std::string lookup_name(const KeyUri& uri) {
  if (!uri.key_id.empty()) return uri.key_id;
  if (!uri.token.empty()) return uri.token;
  if (!uri.id.empty()) return to_hex(bytes_of(uri.id));
  return uri.object;
}

// The name of the first attribute in which the URI and the device differ; empty if they agree.
std::string_view differing_attribute(const KeyUri& uri, const KeyRecord& record) {
  if (!uri.key_id.empty() && !equal_ignoring_case(uri.key_id, record.key_id)) return "key-id";
  if (!uri.token.empty() && !equal_ignoring_case(uri.token, record.token_label()) &&
      !equal_ignoring_case(uri.token, record.key_id))
    return "token";
  if (!uri.object.empty() && uri.object != record.nice_name) return "object";
  if (!uri.id.empty() && !equal_ignoring_case(to_hex(bytes_of(uri.id)), record.id)) return "id";
  if (!uri.serial.empty() && !equal_ignoring_case(uri.serial, record.serial())) return "serial";
  if (!uri.manufacturer.empty() && uri.manufacturer != kManufacturer) return "manufacturer";
  return {};
}

// What makes a record unusable; nothing for a good one.
std::string_view problem_of(const KeyRecord& record) {
  if (!has_key_id_form(record.key_id)) return "a key_id of another form";
  if (!record.token.empty() && !has_key_id_form(record.token)) return "a token of another form";
  return record.flaw;
}

bool carries(const KeyRecord& record, std::string_view name) {
  return record.nice_name == name || equal_ignoring_case(record.key_id, name) ||
         equal_ignoring_case(record.token, name) || equal_ignoring_case(record.token_label(), name) ||
         equal_ignoring_case(record.id, name);
}

constexpr std::size_t kMostNames = 8;  // in a message

std::string names_of(const std::vector<KeyRecord>& records) {
  std::string names;
  for (std::size_t i = 0; i < std::min(records.size(), kMostNames); ++i)
    names += (i == 0 ? "" : ", ") + records[i].key_id;
  return records.size() > kMostNames ? names + ", ..." : names;
}

}  // namespace

Result<void> Device::take_records(Exchange& asking, const std::function<void(KeyRecord)>& take) {
  SESAM_TRY(document, exchange(asking));
  std::size_t records = 0;
  std::string skipped;
  const auto taken = document.for_each_record(
      options_.wire.row(asking.operation),
      [&](KeyRecord record) {
        ++records;
        record.node = asking.node;
        const std::string_view problem = problem_of(record);
        if (problem.empty()) return take(std::move(record));
        if (skipped.empty()) skipped = std::string(problem);
        ++asking.skipped;
      },
      asking.deadline);
  if (!taken && taken.error().reason == Reason::timed_out)
    return error_of(asking.doing, Reason::timed_out, taken.error().detail);
  if (!taken || records == 0) return without_records(asking, document, taken);
  if (asking.skipped == 0) return {};
  if (asking.skipped == records && asking.operation == Operation::find_key)
    return refusal(asking, Reason::bad_public_key, {asking.status, skipped});
  log_->write(LogLevel::failures, refusal(asking, Reason::bad_reply,
                                          {200, skipped,
                                           std::to_string(asking.skipped) + " of " + std::to_string(records) +
                                               " records skipped"})
                                      .detail);
  return {};
}

Result<KeyRecords> Device::request_key(const std::string& name, Clock::time_point until, OneNode node) {
  Exchange asking{
      Operation::find_key, {}, {"looking up", "key '" + name + "'", endpoint_url()}, kReplyCapBytes, until};
  asking.only_node = node;
  asking.is_follow_up = node.has_value();
  asking.values.set(Placeholder::name, name);
  std::vector<KeyRecord> records, others;  // of others a few, for the message
  SESAM_CHECK(take_records(asking, [&](KeyRecord record) {
    if (carries(record, name))
      records.push_back(std::move(record));
    else if (others.size() <= kMostNames)
      others.push_back(std::move(record));
  }));
  if (records.empty() && !others.empty())
    return error_of(asking.doing, Reason::bad_reply,
                    "the device answered with another key: " + secrets().redacted(names_of(others)));
  process_state<KeyStandings>().check_against(question_of(name, asking.node), records);
  return std::make_shared<const std::vector<KeyRecord>>(std::move(records));
}

Result<bool> Device::request_listing(const std::string& type, Clock::time_point until,
                                     const std::function<void(KeyRecord)>& take, OneNode node) {
  const std::size_t cap = static_cast<std::size_t>(options_.max_listing_mib) << 20;
  Exchange asking{Operation::list_keys, {}, {"listing", type + " keys", endpoint_url()}, cap, until};
  asking.only_node = node;
  asking.is_follow_up = node.has_value();
  asking.values.set(Placeholder::type, type);
  auto taken = take_records(asking, take);
  if (taken) return true;
  const Reason reason = taken.error().reason;
  const bool refused =
      (reason == Reason::device_error || reason == Reason::http_status) && asking.status < kServersOwnTrouble;
  if (type == kObservedType || !refused) return std::move(taken).error();
  log_->write(LogLevel::keys, taken.error().detail);
  return false;
}

// n200.md leaves open whether getkeyattributes tells an EC key's public part; listkeys does. One listing then
// serves all keys of the type while the cache lives. A cached one may be older than the key, so one that
// lacks it is asked for anew, once.
Result<KeyRecord> Device::with_public_key(KeyRecord record, Clock::time_point until, OneNode node) {
  const std::string type = record.key_type;
  bool fresh = node.has_value();
  const auto list = [&]() -> Result<KeyRecords> {
    fresh = true;
    BoundedRecords records(record.key_id);
    SESAM_CHECK(request_listing(
        type, until, [&](KeyRecord one) { records.add(std::move(one)); }, node));
    return std::make_shared<const std::vector<KeyRecord>>(std::move(records).take());
  };
  for (const auto time_to_live :
       {std::chrono::seconds(options_.key_cache_seconds), std::chrono::seconds(0)}) {
    SESAM_TRY(
        listed,
        node ? list() : process_state<KeyCache>().get(identity_ + "type " + type, time_to_live, until, list));
    const auto found = std::find_if(listed->begin(), listed->end(), [&](const KeyRecord& one) {
      return equal_ignoring_case(one.key_id, record.key_id);
    });
    if (found != listed->end()) {
      process_state<KeyStandings>().check_against(question_of({}, found->node), {*found});
      return *found;
    }
    if (fresh) break;
  }
  return record;
}

std::shared_ptr<const KeyStanding> Device::watch(const KeyUri& uri, const KeyRecord& record) const {
  return process_state<KeyStandings>().of(question_of(lookup_name(uri), record.node), record);
}

Error Device::replaced_or(Error otherwise, const KeyHandle& key, Clock::time_point until) {
  if (!key.standing) return otherwise;
  const std::string& name = key.standing->question().name;
  process_state<KeyCache>().forget(cache_name_of_key(name));
  const auto asked = request_key(name, until);  // what it brings is held against all open keys
  if (!asked) return otherwise;
  if (key.standing->is_replaced())
    return error_of({"using", key.description(), endpoint_url()}, Reason::key_replaced,
                    "the device has another key in its place");
  const bool is_there = std::any_of((*asked)->begin(), (*asked)->end(),
                                    [&](const KeyRecord& record) { return record.key_id == key.key_id; });
  if (otherwise.reason != Reason::unknown_key || !is_there) return otherwise;
  return {Reason::wrong_core,
          otherwise.detail + "; the device has this key, but not in core " + std::to_string(key.core)};
}

Result<KeyRecord> Device::find_key(const KeyUri& uri) {
  const auto until = deadline();
  const std::string name = lookup_name(uri);
  const Doing doing{"looking up", "key '" + name + "'", endpoint_url()};
  SESAM_TRY(answer, process_state<KeyCache>().get(cache_name_of_key(name),
                                                  std::chrono::seconds(options_.key_cache_seconds), until,
                                                  [&] { return request_key(name, until); }));
  std::vector<KeyRecord> matching;
  std::string_view differing;
  for (const auto& record : *answer) {
    const auto attribute = differing_attribute(uri, record);
    if (attribute.empty())
      matching.push_back(record);
    else
      differing = attribute;
  }
  if (matching.size() > 1)
    return error_of(doing, Reason::several_keys_match, secrets().redacted(names_of(matching)));
  if (matching.empty() && !differing.empty())
    return error_of(doing, Reason::key_attribute_mismatch,
                    "'" + std::string(differing) + "' differs from " + secrets().redacted(names_of(*answer)));
  if (matching.empty()) return error_of(doing, Reason::unknown_key, "");
  KeyRecord& found = matching.front();
  return found.has_public_part() || found.key_type == kSymmetricType
             ? found
             : with_public_key(std::move(found), until);
}

Result<void> Device::list_keys(const KeyUri& uri, const std::function<void(const KeyRecord&)>& take,
                               std::span<const std::string_view> types) {
  const auto take_fitting = [&](const KeyRecord& record) {
    if (differing_attribute(uri, record).empty()) take(record);
  };
  const auto until = deadline();
  for (const auto type : types) {
    SESAM_TRY(listed, request_listing(std::string(type), until, take_fitting));
    if (listed) continue;
    // Once more before the type counts as unknown: a passing failure would hide its keys.
    SESAM_CHECK(request_listing(std::string(type), until, take_fitting));
  }
  return {};
}

}  // namespace sesam::n200
