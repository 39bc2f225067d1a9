// SPDX-License-Identifier: Apache-2.0
// "Did you mean ...?": finds the known word that is closest to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sesam {

/// The number of letters to insert, delete, replace or swap with their neighbour
/// to turn one word into the other, ignoring the case of ASCII letters.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of the known words; empty if none is close. Close means at most one edit per three
/// letters of `word` (at least one, at most three), or that the known word begins with `word`.
std::string closest_to(std::string_view word, const std::vector<std::string>& known);

}  // namespace sesam
