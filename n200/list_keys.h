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

/// As Device::list_keys().
Result<void> list_keys(Exchanger& exchanger, const KeyUri& uri,
                       const std::function<void(const KeyRecord&)>& visit,
                       std::span<const std::string_view> types);
/// One listing, from `node` only if it is set. Returns false if the device refused the request and may not
/// know the type; never for kObservedType.
Result<bool> list_type(Exchanger& exchanger, const std::string& type, Exchanger::Clock::time_point until,
                       const std::function<void(KeyRecord)>& visit, std::optional<std::size_t> node = {});
/// Sends the request and visits the usable records of the reply.
Result<void> visit_records(Exchanger& exchanger, Exchange& asking,
                           const std::function<void(KeyRecord)>& visit);

}  // namespace sesam::n200
