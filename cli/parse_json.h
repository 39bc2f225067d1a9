// SPDX-License-Identifier: Apache-2.0
// JSON that comes from outside.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace sesam::cli {

/// The value of the text; is_discarded() if that is not JSON, or nested in more than 64 levels. To copy a
/// value takes stack at each of its levels, and nlohmann's parser copies some.
nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace sesam::cli
