// SPDX-License-Identifier: Apache-2.0
// Listings of the keys of a type.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "n200/exchanger.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {

/// As Device::list_keys(); from `node` only if it is set.
Result<void> list_keys(Exchanger& exchanger, const KeyUri& uri,
                       const std::function<void(const KeyRecord&)>& visit,
                       std::span<const std::string_view> types, std::optional<std::size_t> node = {},
                       SkippedRecords* skipped = nullptr);
/// One listing, from `node` only if it is set. "no keys found" is an empty listing. Returns false if the
/// device refused the request and may not know the type; never for kObservedType.
Result<bool> list_type(Exchanger& exchanger, const std::string& type, Exchanger::Clock::time_point until,
                       const std::function<void(KeyRecord)>& visit, std::optional<std::size_t> node = {},
                       SkippedRecords* skipped = nullptr);
/// Sends the request and visits the usable records of the reply. Adds the others to `skipped` if it is not
/// null.
Result<void> visit_records(Exchanger& exchanger, Exchange& asking,
                           const std::function<void(KeyRecord)>& visit, SkippedRecords* skipped = nullptr);

}  // namespace sesam::n200
