// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii_case.h"
#include "n200/is_one_of.h"
#include "n200/reply_members.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMaxQuoted = 4096;  // bytes; a secret may be long, and the text shown is cut later

// Members that report an error by themselves, the most specific first.
constexpr std::string_view kErrors[] = {
    "error",     "errors",      "errortext",  "errormessage", "errormsg",  "errordescription",
    "errorinfo", "errorstring", "err",        "errmsg",       "fault",     "failure",
    "exception", "message",     "msg",        "reason",       "detail",    "details",
    "cause",     "description", "statustext", "statusmsg",    "errorcode", "errno",
    "code",      "returncode",  "rc",         "status",       "state",     "info",
    "warning"};
// Members that may report an error as a number; in others a number is ignored.
constexpr std::string_view kNumbered[] = {"error", "err",        "errors", "errorcode", "errno",
                                          "code",  "returncode", "rc",     "fault",     "exception"};
// Names of request fields, which devices may echo.
constexpr std::string_view kEchoes[] = {
    "command", "core",    "key",    "keyid", "token", "tokenname", "slot", "name",    "nicename", "pin",
    "hash",    "hashalg", "digest", "user",  "owner", "acl",       "id",   "request", "data",     "curve"};
constexpr std::string_view kNoErrors[] = {
    "",     "0",        "ok",        "okay",  "success", "successful", "successfully", "succeeded",
    "none", "no error", "no errors", "false", "done",    "200",        "n/a",          "null",
    "nil",  "-",        "no",        "0x0",   "00",      "0x00",       "0000"};

bool tells_of_no_error(std::string_view text) { return is_one_of(ascii_lower_of(trimmed(text)), kNoErrors); }

// "Operation completed successfully.", "NO_ERROR"
bool praises(std::string_view text) {
  const std::string canonical = canonical_name(text);
  const auto has = [&](std::string_view part) { return canonical.find(part) != canonical.npos; };
  return canonical.starts_with("noerror") || (has("success") && !has("unsuccess") && !has("notsuccess") &&
                                              !has("nosuccess") && !meaning_of(text).is_error);
}

// The rank of a member that reports an error; nullopt for any other. In an error object, all members count
// except echoes.
std::optional<std::size_t> rank_of(const ReplyMember& member, std::span<const std::string> request_fields) {
  if (member.path.empty()) return 0;            // the whole reply is a text
  constexpr std::size_t kMaxErrorObjects = 14;  // the first ones of kErrors, up to "message"
  const auto name = member.name();
  if (is_one_of(name, kEchoes)) return std::nullopt;
  const bool inside = std::any_of(member.path.begin(), member.path.end() - 1, [&](const std::string& outer) {
    return is_one_of(outer, kErrors) &&
           std::ranges::find(kErrors, outer) - std::begin(kErrors) < static_cast<long>(kMaxErrorObjects);
  });
  const auto* const at = std::ranges::find(kErrors, name);
  if (at != std::end(kErrors) &&
      (inside || std::ranges::none_of(request_fields, [&](const std::string& field) {
         return canonical_name(field) == name;
       })))
    return static_cast<std::size_t>(at - std::begin(kErrors));
  return inside ? std::optional(std::size(kErrors)) : std::nullopt;
}

struct Told {
  std::size_t rank;
  std::string text;
  bool is_number;
};

// The texts that report an error, the most specific first.
std::vector<Told> errors_in(const std::vector<ReplyMember>& members, const UnexpectedReply& reply) {
  std::vector<Told> told;
  for (const auto& member : members) {
    const auto rank = rank_of(member, reply.request_fields);
    if (!rank || tells_of_no_error(member.text)) continue;
    if (!member.is_text && !is_one_of(member.name(), kNumbered)) continue;
    told.push_back({*rank, member.text, !member.is_text});
  }
  std::ranges::stable_sort(told, {}, &Told::rank);
  return told;
}

std::string result_in(const std::vector<ReplyMember>& members, const UnexpectedReply& reply) {
  const auto name = canonical_name(reply.result);
  for (const auto& member : members)
    if (member.is_text && member.path.size() == 1 && member.path.front() == name) return member.text;
  return {};
}

// Removes a name of one word where it is in quotation marks, a longer name everywhere.
std::string without_names(std::string_view text, std::span<const std::string_view> names) {
  std::string rest = ascii_lower_of(text);
  for (const auto name : names) {
    if (name.empty()) continue;
    const bool several_words = name.find_first_of(" -_.") != name.npos;
    const std::string wanted = ascii_lower_of(name);
    for (std::size_t at = 0; (at = rest.find(wanted, at)) != rest.npos;) {
      const bool quoted = at > 0 && at + wanted.size() < rest.size() &&
                          std::string_view("'\"`").find(rest[at - 1]) != std::string_view::npos &&
                          rest[at - 1] == rest[at + wanted.size()];
      if (quoted || several_words)
        rest.replace(at, wanted.size(), 1, '*');
      else
        at += wanted.size();
      ++at;
      if (at > rest.size()) break;
    }
  }
  const bool is_empty = std::ranges::none_of(rest, [](unsigned char c) { return std::isalnum(c) != 0; });
  return rest == ascii_lower_of(text) || is_empty ? std::string(text) : rest;
}

Meaning meaning_without_names(std::string_view text, const UnexpectedReply& reply) {
  return meaning_of(without_names(text, reply.key_names));
}

// Quotes all error texts; the meaning is that of the first one that is understood.
Refusal refusal_of(const std::vector<Told>& told, const UnexpectedReply& reply) {
  Refusal refusal;
  refusal.meaning.is_error = true;
  for (const auto& one : told) {
    const auto meaning = meaning_without_names(one.text, reply);
    if (refusal.meaning.reason == Reason::device_error && meaning.reason != Reason::device_error)
      refusal.meaning = meaning;
    if (refusal.said.find(one.text) != std::string::npos || refusal.said.size() > kMaxQuoted) continue;
    const bool follows = !refusal.said.empty();
    const bool adds_nothing =
        follows && (ascii_lower_of(one.text) == "error" || ascii_lower_of(one.text) == "failed");
    if (adds_nothing) continue;
    if (follows) refusal.said += ", ";
    if (one.is_number) refusal.said += "error ";
    refusal.said += one.text;
  }
  return refusal;
}

std::string all_of(const std::vector<ReplyMember>& members, const UnexpectedReply& reply) {
  std::string all;
  for (const auto& member : members) {
    if (all.size() > kMaxQuoted) break;
    std::string name;
    for (const auto& part : member.path) name.append(name.empty() ? "" : ".").append(part);
    if (reply.result_is_secret && !member.path.empty() && member.path.front() == canonical_name(reply.result))
      continue;
    all.append(all.empty() ? "" : ", ").append(name).append(name.empty() ? "" : ": ").append(member.text);
  }
  return all;
}

Refusal refusal_in_json(const std::vector<ReplyMember>& members, const UnexpectedReply& reply) {
  const bool with_result = !reply.result_is_secret;
  auto told = errors_in(members, reply);
  if (reply.result_is_secret)
    std::erase_if(told, [&](const Told& one) { return one.text == result_in(members, reply); });
  const std::string result = with_result ? result_in(members, reply) : std::string();
  if (!told.empty()) {
    auto refusal = refusal_of(told, reply);
    // {"error": true, "result": "wrong pin"}
    if (const auto meaning = meaning_without_names(result, reply);
        refusal.meaning.reason == Reason::device_error && meaning.reason != Reason::device_error) {
      refusal.meaning = meaning;
      refusal.said += ", " + result;
    }
    return refusal;
  }
  if (!result.empty()) return {meaning_without_names(result, reply), result};
  return {{}, all_of(members, reply)};
}

bool is_markup(std::string_view text) { return text.starts_with('<'); }

// Unescapes the text, so that secrets in it are recognised.
std::string without_escapes(std::string_view json) {
  std::string text;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '\\' && i + 1 < json.size() &&
        std::string_view("\"\\/").find(json[i + 1]) != std::string_view::npos)
      ++i;
    text += json[i];
  }
  return text;
}

// The text between <title> and </title>, to be quoted; the meaning is found in all of the HTML.
std::string_view title_of(std::string_view html) {
  const std::string small = ascii_lower_of(html);
  const auto begin = small.find("<title");
  if (begin == small.npos) return {};
  const auto open = small.find('>', begin);
  if (open == small.npos) return {};
  const auto end = std::min(small.find('<', open), small.size());
  return trimmed(html.substr(open + 1, end - open - 1));
}

std::string without_tags(std::string_view markup) {
  std::string text;
  bool inside = false;
  for (const char c : markup) {
    if (c == '<') text += ' ';
    inside = c == '<' || (inside && c != '>');
    if (!inside && c != '>') text += c;
  }
  return text;
}

Refusal refusal_in_markup(std::string_view markup, const UnexpectedReply& reply) {
  const std::string text = without_tags(markup);
  const std::string_view title = title_of(markup);
  return {meaning_without_names(text, reply), std::string(title.empty() ? trimmed(text) : title)};
}

bool is_within_an_error(const ReplyMember& member) {
  return std::ranges::any_of(member.path, [](std::string_view name) { return names_an_error(name); });
}

}  // namespace

std::optional<Refusal> read_error_beside_answer(const UnexpectedReply& reply) {
  auto members = members_of(reply.body);
  if (!members) return std::nullopt;
  const std::string secret = reply.result_is_secret ? result_in(*members, reply) : std::string();
  std::erase_if(*members, [](const ReplyMember& member) { return !is_within_an_error(member); });
  const bool denies_one = std::ranges::any_of(*members, [](const ReplyMember& member) {
    return !member.text.empty() && tells_of_no_error(member.text);
  });
  auto told = errors_in(*members, reply);
  std::erase_if(told, [&](const Told& one) { return one.text == secret || praises(one.text); });
  if (told.empty()) return std::nullopt;
  auto refusal = refusal_of(told, reply);
  // {"errorcode": 0, "errortext": "command executed"}
  const bool has_code = std::ranges::any_of(told, &Told::is_number);
  if (denies_one && !has_code && refusal.meaning.reason == Reason::device_error) return std::nullopt;
  return refusal;
}

Refusal read_refusal(const UnexpectedReply& reply) {
  const std::string_view body = trimmed(reply.body);
  if (const auto members = members_of(body)) return refusal_in_json(*members, reply);
  const bool is_broken_json = body.starts_with('{') || body.starts_with('[') || body.starts_with('"');
  if (is_broken_json && reply.result_is_secret) return {};
  const std::string_view some = body.substr(0, kMaxQuoted);
  if (is_markup(some)) return refusal_in_markup(some, reply);
  if (is_broken_json) return {{}, without_escapes(some)};
  return {meaning_without_names(some, reply), std::string(some)};
}

}  // namespace sesam::n200
