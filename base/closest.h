// SPDX-License-Identifier: Apache-2.0
// "Did you mean ...?": the known word that a misspelt one is closest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sesam {

/// How many letters have to be added, removed, replaced or exchanged with their neighbour to make one word of
/// the other, ignoring the case of ASCII letters.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of the known words; empty if none is close: one edit for each three letters, three at most, or
/// a known word that begins with `word`.
std::string closest_to(std::string_view word, const std::vector<std::string>& known);

}  // namespace sesam
