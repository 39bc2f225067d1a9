// SPDX-License-Identifier: Apache-2.0
#include "n200/list_keys.h"

#include <utility>

#include "n200/key_uri.h"
#include "n200/reply_members.h"

namespace sesam::n200 {
namespace {

constexpr int kServersOwnTrouble = 500;  // HTTP status, RFC 9110 section 15.6

// Why a record is unusable; empty for a usable one.
std::string_view problem_of(const KeyRecord& record) {
  if (!has_key_id_form(record.key_id)) return "a malformed key_id";
  if (!record.token.empty() && !has_key_id_form(record.token)) return "a malformed token";
  return record.flaw;
}

}  // namespace

Result<void> visit_records(Exchanger& exchanger, Exchange& asking,
                           const std::function<void(KeyRecord)>& visit, SkippedRecords* skipped) {
  SESAM_TRY(document, exchanger.exchange(asking));
  std::size_t records = 0;
  SkippedRecords unusable;
  const auto taken = document.for_each_record(
      exchanger.row_of(asking),
      [&](KeyRecord record) {
        ++records;
        record.node = asking.node;
        const std::string_view problem = problem_of(record);
        if (problem.empty()) return visit(std::move(record));
        if (unusable.count++ > 0) return;
        unusable.flaw = std::string(problem);
        unusable.key_id = std::move(record.key_id);
      },
      asking.deadline);
  if (!taken && taken.error().reason == Reason::timed_out)
    return error_of(asking.doing, Reason::timed_out, taken.error().detail);
  if (!taken || records == 0) return exchanger.judge().without_records(asking, document, taken);
  if (unusable.count == 0) return {};
  if (unusable.count == records && asking.operation == Operation::find_key)
    return exchanger.judge().refusal(asking, Reason::bad_public_key, {asking.status, unusable.flaw});
  exchanger.log().write(LogLevel::failures, exchanger.judge()
                                                .refusal(asking, Reason::bad_reply,
                                                         {200, unusable.flaw,
                                                          std::to_string(unusable.count) + " of " +
                                                              std::to_string(records) + " records skipped"})
                                                .detail);
  if (skipped == nullptr) return {};
  if (skipped->count == 0)
    *skipped = std::move(unusable);
  else
    skipped->count += unusable.count;
  return {};
}

Result<bool> list_type(Exchanger& exchanger, const std::string& type, Exchanger::Clock::time_point until,
                       const std::function<void(KeyRecord)>& visit, std::optional<std::size_t> node,
                       SkippedRecords* skipped) {
  const std::size_t cap = static_cast<std::size_t>(exchanger.options().max_listing_mib) << 20;
  Exchange asking{.operation = Operation::list_keys,
                  .doing = {"listing", type + " keys", exchanger.endpoint_url()},
                  .deadline = until,
                  .reply_cap_bytes = cap,
                  .only_node = node,
                  .is_follow_up = node.has_value()};
  asking.values.set(Placeholder::type, type);
  auto taken = visit_records(exchanger, asking, visit, skipped);
  const Reason reason = taken.error().reason;
  if (taken || reason == Reason::unknown_key) return true;
  const bool refused =
      (reason == Reason::device_error || reason == Reason::http_status) && asking.status < kServersOwnTrouble;
  if (type == kObservedType || !refused) return std::move(taken).error();
  exchanger.log().write(LogLevel::keys, taken.error().detail);
  return false;
}

Result<void> list_keys(Exchanger& exchanger, const KeyUri& uri,
                       const std::function<void(const KeyRecord&)>& visit,
                       std::span<const std::string_view> types, std::optional<std::size_t> node,
                       SkippedRecords* skipped) {
  const auto visit_fitting = [&](const KeyRecord& record) {
    if (differing_attribute(uri, record).empty()) visit(record);
  };
  const auto until = exchanger.deadline();
  for (const auto type : types) {
    SESAM_TRY(listed, list_type(exchanger, std::string(type), until, visit_fitting, node, skipped));
    if (listed) continue;
    // Retry before the type counts as unknown: a temporary failure would hide its keys.
    SESAM_CHECK(list_type(exchanger, std::string(type), until, visit_fitting, node, skipped));
  }
  return {};
}

}  // namespace sesam::n200
