// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_refusal.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "base/ascii_case.h"
#include "cli/parse_json.h"
#include "transport/http_status.h"

namespace sesam::cli::discover {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::span<const std::string_view>;

// English and German: the vendor speaks German.

constexpr std::string_view kMissing[] = {
    "missing",     "required",  "requires",  "mandatory",    "need",    "needs",    "needed", "without",
    "absent",      "expected",  "expects",   "lacks",        "provide", "provided", "given",  "specified",
    "unspecified", "empty",     "supplied",  "specify",      "supply",  "must",     "fehlt",  "fehlend",
    "fehlende",    "fehlender", "fehlendes", "erforderlich", "benötigt"};
constexpr std::string_view kUnknown[] = {
    "unknown",   "unsupported",   "unrecognized", "unrecognised", "undefined",   "unexpected",
    "illegal",   "unimplemented", "implemented",  "supported",    "invalid",     "nonexistent",
    "extra",     "superfluous",   "exist",        "exists",       "found",       "such",
    "allowed",   "bad",           "unavailable",  "available",    "recognized",  "surplus",
    "forbidden", "unbekannt",     "unbekannte",   "unbekannter",  "unbekanntes", "ungültig",
    "ungültige", "ungültiger",    "unerwartet",   "unerwarteter"};
constexpr std::string_view kNotThere[] = {"unknown",   "found",       "such",      "exist",
                                          "exists",    "nonexistent", "nosuchkey", "unfound",
                                          "unbekannt", "unbekannter", "gefunden"};
constexpr std::string_view kBad[] = {
    "invalid", "malformed", "bad",       "illegal",    "wrong",  "incorrect", "parse",       "decode",
    "format",  "length",    "size",      "encoding",   "hex",    "base64",    "hexadecimal", "unsupported",
    "range",   "ungültig",  "ungültige", "ungültiger", "falsch", "falsche",   "falscher"};
constexpr std::string_view kFaulty[] = {"malformed", "no", "invalid", "bad", "wrong", "unsupported"};
constexpr std::string_view kParameter[] = {"parameter", "parameters", "param",     "params", "field",
                                           "fields",    "argument",   "arguments", "arg",    "args",
                                           "attribute", "attributes", "variable",  "member", "property",
                                           "option",    "feld",       "angabe"};
constexpr std::string_view kCommand[] = {
    "command",  "commands", "cmd",          "function", "method",   "action",    "operation", "opcode",
    "endpoint", "route",    "url",          "uri",      "path",     "procedure", "service",   "resource",
    "handler",  "page",     "request_type", "befehl",   "kommando", "funktion"};
constexpr std::string_view kKey[] = {"key",    "keys",  "object", "token",    "slot",
                                     "handle", "keyid", "label",  "schlüssel"};
constexpr std::string_view kPin[] = {"pin", "pincode", "passphrase", "passcode"};
constexpr std::string_view kLocked[] = {"locked", "blocked", "lock", "tries", "attempts", "gesperrt"};
constexpr std::string_view kDenied[] = {"denied",     "permission",   "privilege",
                                        "privileges", "unauthorized", "unauthorised"};
// Words that are never field names, though they may appear where one could.
constexpr std::string_view kNever[] = {
    "the",        "a",         "an",         "is",          "are",       "was",          "not",
    "no",         "be",        "in",         "for",         "of",        "to",           "and",
    "or",         "error",     "errors",     "request",     "code",      "status",       "result",
    "reason",     "detail",    "field_name", "failed",      "failure",   "http",         "json",
    "html",       "it",        "has",        "with",        "by",        "any",          "one",
    "this",       "that",      "please",     "form",        "errortext", "errormessage", "error_message",
    "error_code", "errorcode", "errmsg",     "description", "null",      "true",         "false",
    "ok",         "success",   "title",      "type",        "string",    "value",        "values",
    "fail",       "cannot",    "could"};

struct Word {
  std::string text;
  std::string lower;
  bool is_quoted = false;
  bool ends = false;  // the sentence or the text ends after it
};

bool is_in(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  if (what.size() < 3) return;
  const std::string small = ascii_lower_of(what);
  std::string lower = ascii_lower_of(text);
  for (auto at = lower.find(small); at != lower.npos; at = lower.find(small, at + with.size())) {
    text.replace(at, what.size(), with);
    lower.replace(at, what.size(), with);
  }
}

// Splits the name of a member, such as "missing_parameter" or "missingParameter", into words.
std::string words_of_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '_' || c == '-') {
      text += ' ';
      continue;
    }
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !text.empty() &&
        std::islower(static_cast<unsigned char>(text.back())) != 0)
      text += ' ';
    text += c;
  }
  return text;
}

// The words of a member's name, if it is informative: not "msg" or "text", which are also field names.
std::string words_about(std::string_view name) {
  constexpr std::string_view kTelling[] = {"missing",   "required", "expected",  "unknown",
                                           "invalid",   "param",    "field",     "argument",
                                           "attribute", "lacks",    "unexpected"};
  const std::string small = ascii_lower_of(name);
  const bool tells = std::any_of(std::begin(kTelling), std::end(kTelling),
                                 [&](auto part) { return small.find(part) != small.npos; });
  return tells ? words_of_name(name) + ": " : "";
}

// Appends all text of a reply on one line, without the echoed command.
void append_words(const Json& value, std::string& text, unsigned depth) {
  constexpr unsigned kMaxDepth = 6;
  if (depth > kMaxDepth) return;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      if (name == "command" || name == "cmd" || name == "core" || name == "clustersync") continue;
      if (!member.is_null()) text += words_about(name);
      append_words(member, text, depth + 1);
    }
  } else if (value.is_array()) {
    for (const auto& element : value) append_words(element, text, depth + 1);
  } else if (value.is_string()) {
    text += value.get_ref<const std::string&>() + "; ";
  } else if (!value.is_null()) {
    text += value.dump() + "; ";
  }
}

std::string without_tags(std::string_view html) {
  std::string text;
  bool inside = false;
  for (const char c : html) {
    if (c == '<') inside = true;
    if (!inside) text += c;
    if (c == '>') {
      inside = false;
      text += ' ';
    }
  }
  return text;
}

std::string text_of(const Answer& answer) {
  const Json json = parse_json(answer.body);
  if (json.is_discarded())
    return answer.body.find("</") != answer.body.npos ? without_tags(answer.body) : answer.body;
  std::string text;
  append_words(json, text, 0);
  return text;
}

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

std::vector<Word> split(std::string_view text) {
  constexpr std::string_view kQuotes = "'\"`<[{(";
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_char(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && (is_word_char(text[end]) ||
                                 (text[end] == '-' && end + 1 < text.size() && is_word_char(text[end + 1]))))
      ++end;
    Word word;
    word.text = text.substr(i, end - i);
    word.lower = ascii_lower_of(word.text);
    word.is_quoted = i > 0 && kQuotes.find(text[i - 1]) != kQuotes.npos && end < text.size() &&
                     std::string_view("'\"`>]})").find(text[end]) != std::string_view::npos;
    const auto rest = text.substr(end);
    const auto next = rest.find_first_not_of(" \t\r\n");
    word.ends = next == rest.npos || std::string_view(".;!").find(rest[next]) != std::string_view::npos;
    words.push_back(std::move(word));
    i = end;
  }
  return words;
}

bool any(const std::vector<Word>& words, Words wanted) {
  return std::any_of(words.begin(), words.end(), [&](const Word& word) { return is_in(word.lower, wanted); });
}

bool any(const std::vector<Word>& words, std::initializer_list<std::string_view> wanted) {
  return any(words, Words(wanted.begin(), wanted.size()));
}

class Reader {
 public:
  Reader(const Candidate& candidate, KeyType kind, std::vector<Word> words)
      : candidate_(candidate), kind_(kind), words_(std::move(words)) {}

  Refusal read() const {
    const std::string field = named_field();
    const bool about_parameters = any(words_, kParameter);
    if (any(words_, kLocked) && (any(words_, kPin) || any(words_, kKey))) return {Meaning::pin_refused, {}};
    if (is_pin(field) || (field.empty() && any(words_, kPin))) return about_pin(field, about_parameters);
    if (!about_parameters && any(words_, kCommand) && any(words_, kUnknown))
      return {Meaning::unknown_command, {}};
    if (!about_parameters && is_unknown_key(field)) return {Meaning::unknown_key, {}};
    if (any(words_, kDenied)) return {Meaning::access_denied, {}};
    if (!field.empty()) return about_field(field, about_parameters);
    return about_none(about_parameters);
  }

 private:
  bool is_pin(const std::string& field) const { return !field.empty() && role_of(field, kind_) == Role::pin; }

  Refusal about_pin(const std::string& field, bool about_parameters) const {
    if (about_parameters && !field.empty() && candidate_.has(field) && any(words_, kUnknown) &&
        !any(words_, kMissing))
      return {any(words_, {"invalid", "bad", "illegal"}) ? Meaning::pin_refused : Meaning::refused_field,
              field};
    // "PIN" is a plain word, and "pin" the observed name: neither suggests another name.
    const std::string name = ascii_lower_of(field) == "pin" ? "" : field;
    if (!candidate_.carries_pin()) return {Meaning::pin_missing, name};
    // "no pin given", "pin required" or "pin missing" after a request with a PIN: the device did not find the
    // PIN.
    const bool is_missing =
        any(words_, {"missing", "required", "requires", "mandatory", "absent", "given", "provided", "needed",
                     "needs", "empty", "expected", "specified", "supplied"}) &&
        !any(words_, {"wrong", "invalid", "incorrect", "bad", "mismatch", "failed", "rejected"});
    return {is_missing ? Meaning::pin_missing : Meaning::pin_refused, is_missing ? name : ""};
  }

  bool is_unknown_key(const std::string& field) const {
    if (!field.empty() && field != "key" && !is_in(ascii_lower_of(field), kKey)) return false;
    if (any(words_, kMissing) && !any(words_, kNotThere)) return false;
    if (any(words_, kKey) && any(words_, kNotThere)) return true;
    return any(words_, kKey) && !candidate_.carries_pin() && any(words_, {"invalid", "bad", "nokey"}) &&
           !any(words_, kMissing);
  }

  Refusal about_field(const std::string& field, bool about_parameters) const {
    if (!candidate_.has(field)) return {Meaning::missing_field, field};
    const bool is_unknown = about_parameters && any(words_, kUnknown) && !any(words_, kMissing) &&
                            !any(words_, {"invalid", "bad", "illegal", "value"});
    return {is_unknown ? Meaning::refused_field : Meaning::bad_value, field};
  }

  Refusal about_none(bool about_parameters) const {
    if (any(words_, {"hash", "digest", "hex", "base64", "hexadecimal"}) && any(words_, kBad))
      return {Meaning::bad_value, {}};
    if (about_parameters && any(words_, kMissing)) return {Meaning::missing_field, {}};
    if (about_parameters && any(words_, kUnknown)) return {Meaning::refused_field, {}};
    return {};
  }

  bool can_be_name(const Word& word) const {
    if (is_in(word.lower, kNever) || is_in(word.lower, kMissing) || is_in(word.lower, kParameter) ||
        is_in(word.lower, kCommand) || !is_plain_field_name(word.text) || word.text == candidate_.command)
      return false;
    const bool is_common = is_in(word.lower, kUnknown) || is_in(word.lower, kBad);
    return !is_common || word.is_quoted;
  }

  bool is_known(const Word& word) const {
    return candidate_.has(word.text) || role_of(word.text, kind_).has_value();
  }

  bool stands_beside(std::size_t i, Words wanted) const {
    for (std::size_t j = i > 3 ? i - 3 : 0; j < std::min(i + 4, words_.size()); ++j)
      if (j != i && is_in(words_[j].lower, wanted)) return true;
    return false;
  }

  // The field named in the reply: in quotes, or with '_', or near "parameter", "missing" or "invalid".
  std::string named_field() const {
    for (const auto& word : words_)
      if (word.is_quoted && can_be_name(word)) return word.text;
    for (const auto& word : words_)
      if (can_be_name(word) && word.text.find('_') != std::string::npos) return word.text;
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (can_be_name(words_[i]) && is_known(words_[i]) && stands_beside(i, kParameter))
        return words_[i].text;
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (i > 0 && can_be_name(words_[i]) && is_in(words_[i - 1].lower, kParameter)) return words_[i].text;
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (can_be_name(words_[i]) && is_known(words_[i]) &&
          (stands_beside(i, kMissing) || stands_beside(i, kFaulty)) && !stands_beside(i, kNotThere))
        return words_[i].text;
    return {};
  }

  const Candidate& candidate_;
  KeyType kind_;
  std::vector<Word> words_;
};

// Replaces dates, times and request numbers by '#'; keeps short numbers, such as error codes.
std::string without_long_numbers(const std::string& text) {
  constexpr std::size_t kLong = 6;
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() &&
           (is_digit(text[end]) ||
            (end > i && std::string_view(":./-").find(text[end]) != std::string_view::npos)))
      ++end;
    const auto part = text.substr(i, std::max<std::size_t>(end - i, 1));
    clean +=
        std::count_if(part.begin(), part.end(), is_digit) >= static_cast<std::ptrdiff_t>(kLong) ? "#" : part;
    i += part.size();
  }
  return clean;
}

}  // namespace

Refusal read_refusal(const Answer& answer, const Candidate& candidate, KeyType kind,
                     const std::vector<std::string>& sent) {
  namespace http = transport::http_status;
  if (!answer.arrived) return {Meaning::unanswered, {}};
  if (answer.status == http::kUnauthorized) return {Meaning::unauthorized, {}};
  std::string text = text_of(answer);
  for (const auto& value : sent) replace_all(text, value, "");
  if (candidate.command.size() > 4) replace_all(text, "'" + candidate.command + "'", "");
  const Refusal refusal = Reader(candidate, kind, split(text)).read();
  if (refusal.meaning != Meaning::other) return refusal;
  if (answer.status == http::kForbidden) return {Meaning::access_denied, {}};
  if (answer.status == http::kNotFound || answer.status == http::kMethodNotAllowed ||
      answer.status == http::kNotImplemented)
    return {Meaning::unknown_command, {}};
  return refusal;
}

std::string shape_of(const Answer& answer, const Candidate& candidate, const std::vector<std::string>& sent) {
  if (!answer.arrived) return "no reply";
  std::string text = answer.body;
  for (const auto& value : sent) replace_all(text, value, "%");
  replace_all(text, candidate.command, "%");
  return std::to_string(answer.status) + " " + without_long_numbers(ascii_lower_of(text));
}

std::string without_numbers(const std::string& shape) {
  std::string plain;
  for (const char c : shape)
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) plain += c;
  return plain;
}

}  // namespace sesam::cli::discover
