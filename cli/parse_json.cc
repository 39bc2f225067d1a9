// SPDX-License-Identifier: Apache-2.0
#include "cli/parse_json.h"

namespace sesam::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;

}  // namespace

Json parse_json(std::string_view text) {
  bool is_too_deep = false;
  // A value that is rejected here is never stored.
  const auto is_shallow = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > kMaxDepth;
    return !is_too_deep;
  };
  auto value = Json::parse(text, is_shallow, false);
  return is_too_deep ? Json(Json::value_t::discarded) : value;
}

}  // namespace sesam::cli
