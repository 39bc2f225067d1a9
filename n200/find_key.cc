// SPDX-License-Identifier: Apache-2.0
#include "n200/find_key.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ascii_case.h"
#include "base/hex.h"
#include "n200/bounded_records.h"
#include "n200/device.h"
#include "n200/key_cache.h"
#include "n200/key_standing.h"
#include "n200/key_uri.h"
#include "n200/list_keys.h"
#include "n200/missing_field.h"
#include "n200/reply_members.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

namespace http = transport::http_status;

KeyQuestion question_of(const Exchanger& exchanger, const std::string& name, std::size_t node) {
  return {exchanger.identity() + std::to_string(node), name};
}

std::string cache_name_of_key(const Exchanger& exchanger, const std::string& name) {
  return exchanger.identity() + "key " + name;
}

bool carries(const KeyRecord& record, std::string_view name) {
  return record.nice_name == name || equal_ignoring_case(record.key_id, name) ||
         equal_ignoring_case(record.token, name) || equal_ignoring_case(record.token_label(), name) ||
         equal_ignoring_case(record.id, name);
}

constexpr std::size_t kMaxNames = 8;  // in a message

std::string names_of(const std::vector<KeyRecord>& records) {
  std::string names;
  for (std::size_t i = 0; i < std::min(records.size(), kMaxNames); ++i)
    names += (i == 0 ? "" : ", ") + records[i].key_id;
  return records.size() > kMaxNames ? names + ", ..." : names;
}

// The field by which the record would show that it is the key of that name, if the record does not have it.
std::string_view missing_name_of(const KeyRecord& record, std::string_view name) {
  if (has_key_id_form(name)) return {};
  if (record.nice_name.empty()) return "nice_name";
  constexpr std::size_t kIdDigits = 12;
  return record.id.empty() && name.size() == kIdDigits && is_hex(name) ? "id" : std::string_view();
}

// None of the records of a look-up has the name.
Error not_the_key(const Exchanger& exchanger, const OperationContext& doing, const std::string& name,
                  const std::vector<KeyRecord>& others) {
  for (const auto& record : others)
    if (const auto missing = missing_name_of(record, name); !missing.empty())
      return error_of(doing, Reason::reply_field_missing,
                      "the record of " + exchanger.redacted(record.key_id) + " has no " +
                          std::string(missing) + ", so it may be another key; " +
                          advice_for_missing(std::string(missing)));
  return error_of(doing, Reason::bad_reply,
                  "the device returned another key: " + exchanger.redacted(names_of(others)));
}

// A refusal that may be the device's own way to say "unknown key".
bool is_unclear(const Error& error, int status) {
  return status < http::kInternalServerError &&
         (error.reason == Reason::device_error || error.reason == Reason::http_status ||
          error.reason == Reason::reply_field_missing);
}

// How a look-up went.
struct Asked {
  std::size_t node = 0;        // that answered
  bool may_mean_none = false;  // it failed, and is_unclear()
};

Result<KeyRecords> request_key(Exchanger& exchanger, const std::string& name,
                               Exchanger::Clock::time_point until, OneNode node, Asked& asked) {
  Exchange asking{.operation = Operation::find_key,
                  .doing = {"looking up", "key '" + name + "'", exchanger.endpoint_url()},
                  .deadline = until,
                  .only_node = node,
                  .is_follow_up = node.has_value()};
  asking.values.set(Placeholder::name, name);
  std::vector<KeyRecord> records, others;  // a few of the others, for the message
  auto visited = visit_records(exchanger, asking, [&](KeyRecord record) {
    if (carries(record, name))
      records.push_back(std::move(record));
    else if (others.size() <= kMaxNames)
      others.push_back(std::move(record));
  });
  asked = {asking.node, !visited && is_unclear(visited.error(), asking.status)};
  SESAM_CHECK(visited);
  if (records.empty() && !others.empty()) return not_the_key(exchanger, asking.doing, name, others);
  process_state<KeyStandings>().check_against(question_of(exchanger, name, asking.node), records);
  return std::make_shared<const std::vector<KeyRecord>>(std::move(records));
}

Result<KeyRecords> none_if_unknown(Result<KeyRecords> found) {
  if (!found && found.error().reason == Reason::unknown_key)
    return std::make_shared<const std::vector<KeyRecord>>();
  return found;
}

KeyRecords with_lacking(const std::vector<KeyRecord>& records, NodeSet lacking) {
  std::vector<KeyRecord> all = records;
  for (auto& record : all) record.lacking = lacking;
  return std::make_shared<const std::vector<KeyRecord>>(std::move(all));
}

// Which nodes are asked for a key that the node in use does not know.
enum class Others : std::uint8_t { healthy, all };

// Asks every node once, because nodes may be out of sync. A node that is avoided is not waited for. `asked`:
// of the first one.
Result<KeyRecords> request_key_anywhere(Exchanger& exchanger, const std::string& name,
                                        Exchanger::Clock::time_point until, Others others, Asked& asked) {
  auto found = request_key(exchanger, name, until, {}, asked);
  const std::size_t first = asked.node;
  const bool is_unknown = found ? (*found)->empty() : found.error().reason == Reason::unknown_key;
  if (!is_unknown || exchanger.node_count() == 1) return found;
  NodeSet lacking = node_set(first);
  std::string not_asked;
  for (std::size_t node = 0; node < exchanger.node_count(); ++node) {
    if (node == first) continue;
    if (others == Others::healthy && exchanger.is_avoided(node)) {
      not_asked += "; " + std::string(exchanger.url_of(node)) + " is unhealthy";
      continue;
    }
    const auto named = keys_named(exchanger, name, deadline_of_one_node(until), node);
    if (!named)
      not_asked += "; " + named.error().detail;
    else if (!(*named)->empty())
      return with_lacking(**named, lacking);
    else
      lacking |= node_set(node);
  }
  const std::string detail =
      found ? error_of({"looking up", "key '" + name + "'", exchanger.url_of(first)}, Reason::unknown_key, "")
                  .detail
            : found.error().detail;
  return Error{Reason::unknown_key,
               detail + (not_asked.empty() ? ", and no other node has it"
                                           : ", and not every node could be asked" + not_asked)};
}

// The only record of a look-up that agrees with the URI.
Result<KeyRecord> matching_one(const Exchanger& exchanger, const OperationContext& doing, const KeyUri& uri,
                               const std::vector<KeyRecord>& records) {
  std::vector<KeyRecord> matching;
  std::string_view differing;
  for (const auto& record : records) {
    const auto attribute = differing_attribute(uri, record);
    if (attribute.empty())
      matching.push_back(record);
    else
      differing = attribute;
  }
  if (matching.size() > 1)
    return error_of(doing, Reason::several_keys_match, exchanger.redacted(names_of(matching)));
  if (matching.empty() && !differing.empty())
    return error_of(doing, Reason::key_attribute_mismatch,
                    "'" + std::string(differing) + "' differs from " + exchanger.redacted(names_of(records)));
  if (matching.empty()) return error_of(doing, Reason::unknown_key, "");
  return std::move(matching.front());
}

Result<KeyRecord> find_among(Exchanger& exchanger, const KeyUri& uri, Others others, Asked& asked) {
  const auto until = exchanger.deadline();
  const std::string name = lookup_name(uri);
  if (name.empty()) return Error{Reason::bad_uri, "the URI names no key"};  // "" would match a nameless key
  SESAM_TRY(answer, process_state<KeyCache>().get(
                        cache_name_of_key(exchanger, name),
                        std::chrono::seconds(exchanger.options().key_cache_seconds), until,
                        [&] { return request_key_anywhere(exchanger, name, until, others, asked); }));
  const OperationContext doing{
      "looking up", "key '" + name + "'",
      answer->empty() ? exchanger.endpoint_url() : exchanger.url_of(answer->front().node)};
  SESAM_TRY(found, matching_one(exchanger, doing, uri, *answer));
  if (found.has_public_part() || found.key_type == kSymmetricType) return found;
  const NodeSet lacking = found.lacking;
  const OneNode node = lacking != 0 ? OneNode(found.node) : OneNode();
  SESAM_TRY(whole, with_public_key(exchanger, std::move(found), until, node));
  whole.lacking = lacking;
  return whole;
}

// The keys of that name in the listings of all types.
Result<KeyRecords> keys_listed_as(Exchanger& exchanger, const std::string& name, OneNode node) {
  std::vector<KeyRecord> listed;
  const auto take = [&](const KeyRecord& record) {
    if (carries(record, name)) listed.push_back(record);
  };
  SESAM_CHECK(list_keys(exchanger, {}, take, Device::kAllTypes, node));
  return std::make_shared<const std::vector<KeyRecord>>(std::move(listed));
}

// Takes a refusal that is_unclear() for "unknown key" if no listing has the key.
Result<KeyRecord> find_past_cache_among(Exchanger& exchanger, const KeyUri& uri, Others others) {
  const std::string name = lookup_name(uri);
  process_state<KeyCache>().forget(cache_name_of_key(exchanger, name));
  Asked asked;
  auto found = find_among(exchanger, uri, others, asked);
  if (found || !asked.may_mean_none) return found;
  const auto listed = keys_listed_as(exchanger, name, {});
  if (!listed || !(*listed)->empty()) return found;
  return Error{Reason::unknown_key, found.error().detail + "; no listing has the key"};
}

// A deletion cannot be undone, and the device may return one of several keys of a nice_name.
Result<KeyRecord> only_one_named(Exchanger& exchanger, const KeyUri& uri, KeyRecord record) {
  const bool is_by_nice_name = uri.key_id.empty() && uri.token.empty() && uri.id.empty();
  if (!is_by_nice_name) return record;
  std::vector<KeyRecord> others;
  const auto take = [&](const KeyRecord& one) {
    if (!equal_ignoring_case(one.key_id, record.key_id)) others.push_back(one);
  };
  const auto listed = list_keys(exchanger, uri, take, Device::kAllTypes, record.node);
  const OperationContext doing{"looking up", "key '" + record.nice_name + "'", exchanger.url_of(record.node)};
  if (!listed)
    return error_of(
        doing, listed.error().reason,
        "it is not known whether " + exchanger.redacted(record.key_id) +
            " is the only key of that name; name the key by its key_id: " + listed.error().detail);
  if (others.empty()) return record;
  others.insert(others.begin(), std::move(record));
  return error_of(doing, Reason::several_keys_match, exchanger.redacted(names_of(others)));
}

}  // namespace

Result<KeyRecord> find_key(Exchanger& exchanger, const KeyUri& uri) {
  Asked asked;
  return find_among(exchanger, uri, Others::healthy, asked);
}

Result<KeyRecord> find_key_past_cache(Exchanger& exchanger, const KeyUri& uri) {
  return find_past_cache_among(exchanger, uri, Others::healthy);
}

Result<KeyRecord> find_key_to_remove(Exchanger& exchanger, const KeyUri& uri) {
  SESAM_TRY(found, find_past_cache_among(exchanger, uri, Others::all));
  return only_one_named(exchanger, uri, std::move(found));
}

Exchanger::Clock::time_point deadline_of_one_node(Exchanger::Clock::time_point until) {
  return std::min(until, Exchanger::Clock::now() + std::chrono::seconds(5));
}

Result<KeyRecords> keys_named(Exchanger& exchanger, const std::string& name,
                              Exchanger::Clock::time_point until, OneNode node) {
  Asked asked;
  return none_if_unknown(request_key(exchanger, name, until, node, asked));
}

Result<KeyRecords> keys_named_or_listed(Exchanger& exchanger, const std::string& name, OneNode node) {
  Asked asked;
  auto found = none_if_unknown(request_key(exchanger, name, exchanger.deadline(), node, asked));
  if (found || !asked.may_mean_none) return found;
  auto listed = keys_listed_as(exchanger, name, node);
  return listed ? std::move(listed)
                : Error{found.error().reason, found.error().detail + "; " + listed.error().detail};
}

// n200.md does not say whether getkeyattributes returns an EC key's public part; listkeys does. One listing
// then serves all keys of the type while it is cached. A cached listing may be older than the key: if it
// lacks the key, it is requested again, once.
Result<KeyRecord> with_public_key(Exchanger& exchanger, KeyRecord record, Exchanger::Clock::time_point until,
                                  OneNode node) {
  const std::string type = record.key_type;
  const bool is_cached = !node || record.lacking != 0;
  const std::string listing =
      exchanger.identity() + (node ? std::to_string(*node) + "|" : "") + "type " + type;
  bool fresh = !is_cached;
  const auto list = [&]() -> Result<KeyRecords> {
    fresh = true;
    BoundedRecords records(record.key_id);
    SESAM_CHECK(list_type(
        exchanger, type, until, [&](KeyRecord one) { records.add(std::move(one)); }, node));
    return std::make_shared<const std::vector<KeyRecord>>(std::move(records).take());
  };
  for (const auto time_to_live :
       {std::chrono::seconds(exchanger.options().key_cache_seconds), std::chrono::seconds(0)}) {
    SESAM_TRY(listed, is_cached ? process_state<KeyCache>().get(listing, time_to_live, until, list) : list());
    const auto found = std::find_if(listed->begin(), listed->end(), [&](const KeyRecord& one) {
      return equal_ignoring_case(one.key_id, record.key_id);
    });
    if (found != listed->end()) {
      process_state<KeyStandings>().check_against(question_of(exchanger, {}, found->node), {*found});
      return *found;
    }
    if (fresh) break;
  }
  return record;
}

std::shared_ptr<const KeyStanding> watch(const Exchanger& exchanger, const KeyUri& uri,
                                         const KeyRecord& record) {
  return process_state<KeyStandings>().of(question_of(exchanger, lookup_name(uri), record.node), record);
}

Error replaced_or(Exchanger& exchanger, Error otherwise, const KeyHandle& key,
                  Exchanger::Clock::time_point until) {
  if (!key.standing) return otherwise;
  const std::string& name = key.standing->question().name;
  process_state<KeyCache>().forget(cache_name_of_key(exchanger, name));
  Asked asked;
  const auto found = request_key(exchanger, name, until, {}, asked);  // checks it against all open keys
  if (!found) return otherwise;
  if (key.standing->is_replaced())
    return error_of({"using", key.description(), exchanger.endpoint_url()}, Reason::key_replaced,
                    "the device now has another key in its place");
  const bool is_there = std::ranges::any_of(
      **found, [&](const KeyRecord& record) { return equal_ignoring_case(record.key_id, key.key_id); });
  if (otherwise.reason != Reason::unknown_key || !is_there) return otherwise;
  return {Reason::wrong_core,
          otherwise.detail + "; the device has this key, but not in core " + std::to_string(key.core)};
}

}  // namespace sesam::n200
