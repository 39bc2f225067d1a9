// SPDX-License-Identifier: Apache-2.0
#include "n200/find_key.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii_case.h"
#include "n200/bounded_records.h"
#include "n200/key_cache.h"
#include "n200/key_standing.h"
#include "n200/key_uri.h"
#include "n200/list_keys.h"

namespace sesam::n200 {
namespace {

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

Result<KeyRecords> request_key(Exchanger& exchanger, const std::string& name,
                               Exchanger::Clock::time_point until, OneNode node = {}) {
  Exchange asking{.operation = Operation::find_key,
                  .doing = {"looking up", "key '" + name + "'", exchanger.endpoint_url()},
                  .deadline = until,
                  .only_node = node,
                  .is_follow_up = node.has_value()};
  asking.values.set(Placeholder::name, name);
  std::vector<KeyRecord> records, others;  // a few of the others, for the message
  SESAM_CHECK(visit_records(exchanger, asking, [&](KeyRecord record) {
    if (carries(record, name))
      records.push_back(std::move(record));
    else if (others.size() <= kMaxNames)
      others.push_back(std::move(record));
  }));
  if (records.empty() && !others.empty())
    return error_of(asking.doing, Reason::bad_reply,
                    "the device returned another key: " + exchanger.redacted(names_of(others)));
  process_state<KeyStandings>().check_against(question_of(exchanger, name, asking.node), records);
  return std::make_shared<const std::vector<KeyRecord>>(std::move(records));
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

}  // namespace

Result<KeyRecord> find_key(Exchanger& exchanger, const KeyUri& uri) {
  const auto until = exchanger.deadline();
  const std::string name = lookup_name(uri);
  if (name.empty()) return Error{Reason::bad_uri, "the URI names no key"};  // "" would match a nameless key
  const OperationContext doing{"looking up", "key '" + name + "'", exchanger.endpoint_url()};
  SESAM_TRY(answer,
            process_state<KeyCache>().get(cache_name_of_key(exchanger, name),
                                          std::chrono::seconds(exchanger.options().key_cache_seconds), until,
                                          [&] { return request_key(exchanger, name, until); }));
  SESAM_TRY(found, matching_one(exchanger, doing, uri, *answer));
  return found.has_public_part() || found.key_type == kSymmetricType
             ? found
             : with_public_key(exchanger, std::move(found), until, {});
}

Result<KeyRecord> find_key_past_cache(Exchanger& exchanger, const KeyUri& uri) {
  process_state<KeyCache>().forget(cache_name_of_key(exchanger, lookup_name(uri)));
  return find_key(exchanger, uri);
}

Result<KeyRecord> find_key_to_remove(Exchanger& exchanger, const KeyUri& uri) {
  auto found = find_key_past_cache(exchanger, uri);
  if (found || found.error().reason != Reason::unknown_key || exchanger.node_count() == 1) return found;
  const std::string name = lookup_name(uri);
  const auto until = exchanger.deadline();
  std::string not_asked;
  for (std::size_t node = 0; node < exchanger.node_count(); ++node) {
    const auto named = keys_named(exchanger, name, deadline_of_one_node(until), node);
    if (!named)
      not_asked += "; " + named.error().detail;
    else if (!(*named)->empty())
      return matching_one(exchanger, {"looking up", "key '" + name + "'", exchanger.url_of(node)}, uri,
                          **named);
  }
  if (not_asked.empty()) return found;
  return Error{Reason::unknown_key, found.error().detail + ", and not every node could be asked" + not_asked};
}

Exchanger::Clock::time_point deadline_of_one_node(Exchanger::Clock::time_point until) {
  return std::min(until, Exchanger::Clock::now() + std::chrono::seconds(5));
}

Result<KeyRecords> keys_named(Exchanger& exchanger, const std::string& name,
                              Exchanger::Clock::time_point until, OneNode node) {
  auto found = request_key(exchanger, name, until, node);
  if (!found && found.error().reason == Reason::unknown_key)
    return std::make_shared<const std::vector<KeyRecord>>();
  return found;
}

// n200.md does not say whether getkeyattributes returns an EC key's public part; listkeys does. One listing
// then serves all keys of the type while it is cached. A cached listing may be older than the key: if it
// lacks the key, it is requested again, once.
Result<KeyRecord> with_public_key(Exchanger& exchanger, KeyRecord record, Exchanger::Clock::time_point until,
                                  OneNode node) {
  const std::string type = record.key_type;
  bool fresh = node.has_value();
  const auto list = [&]() -> Result<KeyRecords> {
    fresh = true;
    BoundedRecords records(record.key_id);
    SESAM_CHECK(list_type(
        exchanger, type, until, [&](KeyRecord one) { records.add(std::move(one)); }, node));
    return std::make_shared<const std::vector<KeyRecord>>(std::move(records).take());
  };
  for (const auto time_to_live :
       {std::chrono::seconds(exchanger.options().key_cache_seconds), std::chrono::seconds(0)}) {
    SESAM_TRY(listed, node ? list()
                           : process_state<KeyCache>().get(exchanger.identity() + "type " + type,
                                                           time_to_live, until, list));
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
  const auto asked = request_key(exchanger, name, until);  // the answer is checked against all open keys
  if (!asked) return otherwise;
  if (key.standing->is_replaced())
    return error_of({"using", key.description(), exchanger.endpoint_url()}, Reason::key_replaced,
                    "the device now has another key in its place");
  const bool is_there = std::any_of((*asked)->begin(), (*asked)->end(),
                                    [&](const KeyRecord& record) { return record.key_id == key.key_id; });
  if (otherwise.reason != Reason::unknown_key || !is_there) return otherwise;
  return {Reason::wrong_core,
          otherwise.detail + "; the device has this key, but not in core " + std::to_string(key.core)};
}

}  // namespace sesam::n200
