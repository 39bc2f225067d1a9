// SPDX-License-Identifier: Apache-2.0
// Parses JSON from untrusted sources.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace sesam::cli {

/// Parses the text; is_discarded() if it is not JSON, or has more than 64 nested levels. Copying a value
/// takes stack for each level, and nlohmann's parser copies some values.
nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace sesam::cli
