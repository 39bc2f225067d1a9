// SPDX-License-Identifier: Apache-2.0
#include "base/closest.h"

#include <algorithm>

#include "base/ascii_case.h"

namespace sesam {
namespace {

constexpr std::size_t kMaxLetters = 256;  // the time grows with the product of the lengths
constexpr std::size_t kLettersForAnEdit = 3;
constexpr std::size_t kMaxEdits = 3;

bool begins_with(std::string_view known, std::string_view word) {
  return word.size() >= 2 && known.size() >= word.size() &&
         equal_ignoring_case(known.substr(0, word.size()), word);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = ascii_lower(a[i - 1]), y = ascii_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == ascii_lower(b[j - 2]) && ascii_lower(a[i - 2]) == y)
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string closest_to(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kMaxLetters) return {};
  const std::size_t allowed = std::clamp<std::size_t>(word.size() / kLettersForAnEdit, 1, kMaxEdits);
  std::size_t least = allowed + 1;
  std::string closest;
  for (const auto& candidate : known) {
    if (candidate.size() > kMaxLetters) continue;
    const std::size_t distance = begins_with(candidate, word)
                                     ? std::min(allowed, edit_distance(word, candidate))
                                     : edit_distance(word, candidate);
    // A candidate that needs as many edits as `word` has letters has nothing in common with it.
    if (distance >= least || distance >= word.size()) continue;
    least = distance;
    closest = candidate;
  }
  return closest;
}

}  // namespace sesam
