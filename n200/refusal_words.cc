// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal_words.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ascii_case.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMostCharacters = 4096;  // that are looked at
constexpr std::size_t kFarthest = 4;           // words between what is said and what it is said of

// What is said, and of what. What is not here is `other`.
enum class Word : std::uint8_t {
  other,
  // said
  wrong,
  failed,  // may be said of the whole request
  unknown,
  unsupported,
  missing,
  no,
  locked,
  denied,
  error,
  // of what
  pin,
  key,
  command,
  core,
  login,
  access,
  // after "key": then it is not the key that is meant
  kind,
  identifier,
  given,
};

struct Known {
  std::string_view text;
  Word word;
};
// "not-" is for a word with "not" before it.
constexpr Known kWords[] = {
    {"wrong", Word::wrong},
    {"invalid", Word::wrong},
    {"incorrect", Word::wrong},
    {"bad", Word::wrong},
    {"false", Word::wrong},
    {"illegal", Word::wrong},
    {"mismatch", Word::wrong},
    {"not-correct", Word::wrong},
    {"not-valid", Word::wrong},
    {"not-accepted", Word::wrong},
    {"not-match", Word::wrong},
    {"not-matching", Word::wrong},
    {"failed", Word::failed},
    {"failure", Word::failed},
    {"rejected", Word::failed},
    {"refused", Word::failed},
    {"not-verified", Word::failed},
    {"unknown", Word::unknown},
    {"unrecognized", Word::unknown},
    {"unrecognised", Word::unknown},
    {"undefined", Word::unknown},
    {"nonexistent", Word::unknown},
    {"nonexisting", Word::unknown},
    {"not-found", Word::unknown},
    {"not-find", Word::unknown},
    {"not-locate", Word::unknown},
    {"not-known", Word::unknown},
    {"not-exist", Word::unknown},
    {"not-exists", Word::unknown},
    {"not-existing", Word::unknown},
    {"not-present", Word::unknown},
    {"not-recognized", Word::unknown},
    {"not-recognised", Word::unknown},
    {"no-such", Word::unknown},
    {"unsupported", Word::unsupported},
    {"unimplemented", Word::unsupported},
    {"not-supported", Word::unsupported},
    {"not-implemented", Word::unsupported},
    {"not-available", Word::unsupported},
    {"missing", Word::missing},
    {"required", Word::missing},
    {"requires", Word::missing},
    {"needed", Word::missing},
    {"needs", Word::missing},
    {"need", Word::missing},
    {"absent", Word::missing},
    {"empty", Word::missing},
    {"without", Word::missing},
    {"lacks", Word::missing},
    {"expected", Word::missing},
    {"not-given", Word::missing},
    {"not-supplied", Word::missing},
    {"not-provided", Word::missing},
    {"not-specified", Word::missing},
    {"not-set", Word::missing},
    {"not-entered", Word::missing},
    {"insufficient", Word::missing},
    {"no", Word::no},
    {"locked", Word::locked},
    {"blocked", Word::locked},
    {"suspended", Word::locked},
    {"exceeded", Word::locked},
    {"exhausted", Word::locked},
    {"denied", Word::denied},
    {"forbidden", Word::denied},
    {"unauthorized", Word::denied},
    {"unauthorised", Word::denied},
    {"not-authorized", Word::denied},
    {"not-authorised", Word::denied},
    {"not-permitted", Word::denied},
    {"not-allowed", Word::denied},
    {"error", Word::error},
    {"err", Word::error},
    {"errors", Word::error},
    {"fail", Word::error},
    {"fails", Word::error},
    {"fault", Word::error},
    {"exception", Word::error},
    {"pin", Word::pin},
    {"pins", Word::pin},
    {"pincode", Word::pin},
    {"key", Word::key},
    {"keys", Word::key},
    {"object", Word::key},
    {"token", Word::key},
    {"slot", Word::key},
    {"keyid", Word::key},
    {"command", Word::command},
    {"commands", Word::command},
    {"cmd", Word::command},
    {"function", Word::command},
    {"core", Word::core},
    {"cores", Word::core},
    {"password", Word::login},
    {"user", Word::login},
    {"username", Word::login},
    {"account", Word::login},
    {"login", Word::login},
    {"credentials", Word::login},
    {"authentication", Word::login},
    {"authorization", Word::login},
    {"authorisation", Word::login},
    {"access", Word::access},
    {"permission", Word::access},
    {"permissions", Word::access},
    {"rights", Word::access},
    {"privileges", Word::access},
    {"rule", Word::access},
    {"type", Word::kind},
    {"size", Word::kind},
    {"length", Word::kind},
    {"usage", Word::kind},
    {"format", Word::kind},
    {"algorithm", Word::kind},
    {"attribute", Word::kind},
    {"id", Word::identifier},
    {"name", Word::identifier},
    {"handle", Word::identifier},
    {"label", Word::identifier},
    {"identifier", Word::identifier},
    {"given", Word::given},
    {"specified", Word::given},
    {"supplied", Word::given},
    {"provided", Word::given},
};

// Two words written as one, where neither blank nor capital parts them.
struct Joined {
  std::string_view text, first, second;
};
constexpr Joined kJoined[] = {
    {"wrongpin", "wrong", "pin"},
    {"invalidpin", "invalid", "pin"},
    {"badpin", "bad", "pin"},
    {"incorrectpin", "incorrect", "pin"},
    {"pinmissing", "pin", "missing"},
    {"missingpin", "missing", "pin"},
    {"pinrequired", "pin", "required"},
    {"pinlocked", "pin", "locked"},
    {"keylocked", "key", "locked"},
    {"unknownkey", "unknown", "key"},
    {"keynotfound", "key", "not-found"},
    {"nosuchkey", "no-such", "key"},
    {"unknowncommand", "unknown", "command"},
    {"unknowncore", "unknown", "core"},
    {"accessdenied", "access", "denied"},
    {"permissiondenied", "permission", "denied"},
};

// In the order in which they count where a text says several things.
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

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// "InvalidPINCode" is three words.
bool begins_a_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_upper(text[at]) || !is_letter_or_digit(text[at - 1])) return false;
  return is_lower(text[at - 1]) || (at + 1 < text.size() && is_upper(text[at - 1]) && is_lower(text[at + 1]));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool letter = is_letter_or_digit(text[i]);
    if (letter && (!inside || begins_a_word(text, i))) words.emplace_back();
    if (letter) words.back() += ascii_lower(text[i]);
    inside = letter;
  }
  return words;
}

std::vector<std::string> parted(std::vector<std::string> words) {
  std::vector<std::string> all;
  for (auto& word : words) {
    const auto* const joined =
        std::ranges::find_if(kJoined, [&](const Joined& known) { return known.text == word; });
    if (joined == std::end(kJoined)) {
      all.push_back(std::move(word));
    } else {
      all.emplace_back(joined->first);
      all.emplace_back(joined->second);
    }
  }
  return all;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::ranges::find(words, word) != std::end(words);
}

// How many words from there on say no to the one that follows: "cannot", "does not", "isn't", "unable to".
std::size_t negation_at(const std::vector<std::string>& words, std::size_t at) {
  constexpr std::string_view kBeforeT[] = {"doesn", "isn", "wasn", "can", "couldn", "didn", "hasn", "don"};
  constexpr std::string_view kBeforeTo[] = {"unable", "failed"};
  const std::string_view next = at + 1 < words.size() ? std::string_view(words[at + 1]) : std::string_view();
  if (words[at] == "not" || words[at] == "cannot") return 1;
  if (next == "t" && is_one_of(words[at], kBeforeT)) return 2;
  if (next == "to" && is_one_of(words[at], kBeforeTo)) return 2;
  return 0;
}

// Words that say no are drawn to the one that they deny.
std::vector<std::string> with_negations(const std::vector<std::string>& words) {
  constexpr std::string_view kBetween[] = {"be", "been", "a", "the", "to", "yet"};
  std::vector<std::string> drawn;
  for (std::size_t i = 0; i < words.size();) {
    if (words[i] == "no" && i + 1 < words.size() && words[i + 1] == "such") {
      drawn.emplace_back("no-such");
      i += 2;
      continue;
    }
    const std::size_t length = negation_at(words, i);
    if (length == 0) {
      drawn.push_back(words[i++]);
      continue;
    }
    i += length;
    while (i < words.size() && is_one_of(words[i], kBetween)) ++i;
    if (i < words.size()) drawn.push_back("not-" + words[i++]);
  }
  return drawn;
}

Word known_word(std::string_view text) {
  const auto* const known = std::ranges::find_if(kWords, [&](const Known& one) { return one.text == text; });
  return known == std::end(kWords) ? Word::other : known->word;
}

std::vector<Word> known_words(std::string_view text) {
  std::vector<Word> known;
  for (const auto& word : with_negations(parted(words_of(text.substr(0, kMostCharacters)))))
    known.push_back(known_word(word));
  return known;
}

Word at_or_other(const std::vector<Word>& words, std::size_t at) {
  return at < words.size() ? words[at] : Word::other;
}

// "PIN check failed" is said of the PIN, "signing failed: PIN ..." is not; "unknown key type" is not said of
// the key; "invalid key" may be said of anything, "invalid key id" not.
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

// It is said of the nearest thing that it can be said of; of two, of the one that follows.
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
    case Said::locked_pin:  // also the right one, and maybe not for long
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
