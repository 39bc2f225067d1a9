// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal_words.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "n200/refusal_vocabulary.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kFarthest = 4;  // maximum distance, in words, between predicate and subject

// In order of precedence, for a text that says several things.
enum class Said : std::uint8_t {
  wrong_pin,
  locked_pin,
  locked_key,
  pin_missing,
  pin_failed,
  unknown_command,
  unknown_key,
  unknown_core,
  access_denied,
  nothing,
};

struct Pair {
  Word said, of;
  Said means;
};
constexpr Pair kPairs[] = {
    {Word::wrong, Word::pin, Said::wrong_pin},
    {Word::unknown, Word::pin, Said::wrong_pin},
    {Word::failed, Word::pin, Said::pin_failed},
    {Word::error, Word::pin, Said::pin_failed},
    {Word::locked, Word::pin, Said::locked_pin},
    {Word::locked, Word::key, Said::locked_key},
    {Word::missing, Word::pin, Said::pin_missing},
    {Word::no, Word::pin, Said::pin_missing},
    {Word::wrong, Word::command, Said::unknown_command},
    {Word::unknown, Word::command, Said::unknown_command},
    {Word::unsupported, Word::command, Said::unknown_command},
    {Word::no, Word::command, Said::unknown_command},
    {Word::unknown, Word::key, Said::unknown_key},
    {Word::no, Word::key, Said::unknown_key},
    {Word::wrong, Word::key, Said::unknown_key},
    {Word::wrong, Word::core, Said::unknown_core},
    {Word::unknown, Word::core, Said::unknown_core},
    {Word::unsupported, Word::core, Said::unknown_core},
    {Word::no, Word::core, Said::unknown_core},
    {Word::wrong, Word::login, Said::access_denied},
    {Word::unknown, Word::login, Said::access_denied},
    {Word::failed, Word::login, Said::access_denied},
    {Word::missing, Word::login, Said::access_denied},
    {Word::locked, Word::login, Said::access_denied},
    {Word::no, Word::access, Said::access_denied},
    {Word::missing, Word::access, Said::access_denied},
    {Word::failed, Word::access, Said::access_denied},
};

Word at_or_other(const std::vector<Word>& words, std::size_t at) {
  return at < words.size() ? words[at] : Word::other;
}

// "PIN check failed" is about the PIN, "signing failed: PIN ..." is not. "unknown key type" is not about the
// key. "invalid key" may be about anything, but "invalid key id" is about the key.
bool is_said_of(const std::vector<Word>& words, std::size_t at, std::size_t noun) {
  const Word said = words[at];
  if (words[noun] == Word::pin && said == Word::failed) return noun < at;
  if (words[noun] == Word::pin && said == Word::error) return noun + 1 == at;
  if (words[noun] != Word::key) return true;
  const Word next = at_or_other(words, noun + 1);
  if (next == Word::kind) return false;
  if (said == Word::wrong) return next == Word::identifier;
  return said != Word::no || next != Word::given;
}

Said meaning_of_pair(const std::vector<Word>& words, std::size_t said, std::size_t noun) {
  const auto* const pair = std::ranges::find_if(
      kPairs, [&](const Pair& one) { return one.said == words[said] && one.of == words[noun]; });
  return pair != std::end(kPairs) && is_said_of(words, said, noun) ? pair->means : Said::nothing;
}

// A predicate belongs to the nearest subject that it fits; at equal distance, to the one that follows it.
Said said_at(const std::vector<Word>& words, std::size_t at) {
  for (std::size_t far = 1; far <= kFarthest; ++far) {
    if (at + far < words.size())
      if (const Said said = meaning_of_pair(words, at, at + far); said != Said::nothing) return said;
    if (far <= at)
      if (const Said said = meaning_of_pair(words, at, at - far); said != Said::nothing) return said;
  }
  return words[at] == Word::denied ? Said::access_denied : Said::nothing;
}

bool tells_of_an_error(Word word) {
  return word == Word::error || word == Word::failed || word == Word::denied || word == Word::wrong ||
         word == Word::unknown || word == Word::unsupported || word == Word::missing || word == Word::locked;
}

Meaning meaning_for(Said said) {
  switch (said) {
    case Said::wrong_pin:
    case Said::pin_failed:
      return {Reason::wrong_pin, true, true};
    case Said::locked_pin:  // the correct PIN fails, too, perhaps only temporarily
    case Said::locked_key:
      return {Reason::wrong_pin, false, true};
    case Said::pin_missing:
      return {Reason::pin_missing, false, true};
    case Said::unknown_command:
      return {Reason::unknown_command, false, true};
    case Said::unknown_key:
      return {Reason::unknown_key, false, true};
    case Said::unknown_core:
      return {Reason::wrong_core, false, true};
    case Said::access_denied:
      return {Reason::access_denied, false, true};
    case Said::nothing:
      break;
  }
  return {};
}

}  // namespace

Meaning meaning_of(std::string_view text) {
  const auto words = known_words(text);
  Said said = Said::nothing;
  for (std::size_t i = 0; i < words.size(); ++i) said = std::min(said, said_at(words, i));
  Meaning meaning = meaning_for(said);
  meaning.is_error = meaning.is_error || std::ranges::any_of(words, tells_of_an_error);
  return meaning;
}

}  // namespace sesam::n200
