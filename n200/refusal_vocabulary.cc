// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal_vocabulary.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

#include "base/ascii_case.h"
#include "n200/is_one_of.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMaxCharacters = 4096;  // that are read

// The texts are separated by blanks; "not-" stands for a negation before the word.
struct Known {
  Word word;
  std::string_view texts;
};
constexpr Known kWords[] = {
    {Word::wrong,
     "wrong invalid incorrect bad false illegal mismatch not-correct not-valid not-accepted "
     "not-match not-matching"},
    {Word::failed, "failed failure rejected refused not-verified"},
    {Word::unknown,
     "unknown unrecognized unrecognised undefined nonexistent nonexisting not-found "
     "not-find not-locate not-known not-exist not-exists not-existing not-present "
     "not-recognized not-recognised no-such"},
    {Word::unsupported, "unsupported unimplemented not-supported not-implemented not-available"},
    {Word::missing,
     "missing required requires needed needs need absent empty without lacks expected "
     "not-given not-supplied not-provided not-specified not-set not-entered insufficient"},
    {Word::no, "no"},
    {Word::locked, "locked blocked suspended exceeded exhausted"},
    {Word::denied,
     "denied forbidden unauthorized unauthorised not-authorized not-authorised "
     "not-permitted not-allowed"},
    {Word::error, "error err errors fail fails fault exception"},
    {Word::pin, "pin pins pincode"},
    {Word::key, "key keys object token slot keyid"},
    {Word::command, "command commands cmd function"},
    {Word::core, "core cores"},
    {Word::login,
     "password user username account login credentials authentication authorization "
     "authorisation"},
    {Word::access, "access permission permissions rights privileges rule"},
    {Word::kind, "type size length usage format algorithm attribute"},
    {Word::identifier, "id name handle label identifier"},
    {Word::given, "given specified supplied provided"},
};

// Two words written as one, separated by neither a blank nor a capital letter.
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

// How many words, from `at`, negate the next one: "cannot", "does not", "isn't", "unable to".
std::size_t negation_at(const std::vector<std::string>& words, std::size_t at) {
  constexpr std::string_view kBeforeT[] = {"doesn", "isn", "wasn", "can", "couldn", "didn", "hasn", "don"};
  constexpr std::string_view kBeforeTo[] = {"unable", "failed"};
  const std::string_view next = at + 1 < words.size() ? std::string_view(words[at + 1]) : std::string_view();
  if (words[at] == "not" || words[at] == "cannot") return 1;
  if (next == "t" && is_one_of(words[at], kBeforeT)) return 2;
  if (next == "to" && is_one_of(words[at], kBeforeTo)) return 2;
  return 0;
}

// Merges each negation with the word that it negates: "is not found" becomes "is", "not-found".
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

bool lists(std::string_view texts, std::string_view text) {
  for (auto at = texts.find(text); at != texts.npos; at = texts.find(text, at + 1)) {
    const auto end = at + text.size();
    if ((at == 0 || texts[at - 1] == ' ') && (end == texts.size() || texts[end] == ' ')) return true;
  }
  return false;
}

Word known_word(std::string_view text) {
  const auto* const known =
      std::ranges::find_if(kWords, [&](const Known& one) { return lists(one.texts, text); });
  return known == std::end(kWords) ? Word::other : known->word;
}

}  // namespace

std::vector<Word> known_words(std::string_view text) {
  std::vector<Word> known;
  for (const auto& word : with_negations(parted(words_of(text.substr(0, kMaxCharacters)))))
    known.push_back(known_word(word));
  return known;
}

}  // namespace sesam::n200
