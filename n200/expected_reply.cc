// SPDX-License-Identifier: Apache-2.0
#include "n200/expected_reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "n200/encodings.h"
#include "n200/is_one_of.h"
#include "n200/reply_members.h"
#include "n200/signature_forms.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMaxSignatureBytes = 1024;
constexpr int kMaxLevels = 4;  // of objects that are searched for an error

constexpr std::string_view kSignatureNames[] = {
    "result", "signature", "sig", "signaturevalue", "value",  "data",    "hex", "base64", "b64",
    "der",    "raw",       "rs",  "signed",         "output", "response"};
constexpr std::string_view kKeyIdNames[] = {"result", "keyid", "key", "id", "handle", "data", "value"};
constexpr std::string_view kAcknowledgements[] = {"ok",      "okay",    "success", "done",
                                                  "deleted", "removed", "true"};

bool is_signing(Operation operation) {
  const Answer answer = answer_to(operation);
  return answer == Answer::ecdsa_signature || answer == Answer::plain_signature;
}

bool is_signature(std::string_view text, const Expected& expected) {
  std::array<unsigned char, kMaxSignatureBytes> bytes;
  if (expected.bytes > bytes.size()) return false;
  const std::span out = std::span(bytes).first(expected.bytes);
  return read_signature(text, {expected.row.form, expected.row.encoding}, out) ||
         recognise_signature(text, answer_to(expected.operation) == Answer::ecdsa_signature, out);
}

bool is_acknowledgement(std::string_view text) {
  return has_key_id_form(text) || is_one_of(canonical_name(text), kAcknowledgements);
}

Error length_problem(std::string_view text, const Expected& expected) {
  const std::string of = is_signing(expected.operation) ? " bytes of signature" : " bytes";
  return {is_signing(expected.operation) ? Reason::bad_signature_length : Reason::bad_reply,
          "expected " + std::to_string(expected.bytes) + of + ", got a text of " +
              std::to_string(text.size()) + " characters"};
}

Result<void> check_text(std::string_view text, const Expected& expected) {
  const auto good_if = [](bool good, std::string_view problem) {
    return good ? Result<void>() : Error{Reason::bad_reply, std::string(problem)};
  };
  switch (answer_to(expected.operation)) {
    case Answer::ecdsa_signature:
    case Answer::plain_signature:
      return is_signature(text, expected) ? Result<void>() : length_problem(text, expected);
    case Answer::random_bytes: {
      const auto bytes = decode(text, expected.row.encoding);
      return bytes && bytes->size() == expected.bytes ? Result<void>() : length_problem(text, expected);
    }
    case Answer::key_id:
      return good_if(has_key_id_form(text), "not a key_id");
    case Answer::time:
      return time_of(text) ? Result<void>()
                           : Error{Reason::reply_field_missing, "field '" + expected.row.reply_path.back() +
                                                                    "' is not a time in seconds since 1970"};
    case Answer::deletion:
      return good_if(is_acknowledgement(text), "it does not say whether the key was deleted");
    case Answer::ciphertext: {
      const auto bytes = decode(text, expected.row.encoding);
      return good_if(bytes && !bytes->empty(), "the result is not in the encoding of the wire row");
    }
    case Answer::plaintext:
      return good_if(decode(text, expected.row.encoding).has_value(),
                     "the result is not in the encoding of the wire row");
    case Answer::records:
      break;
  }
  return {};
}

// {"r": "...", "s": "..."}
std::optional<std::string> joined_halves(const std::vector<ReplyMember>& members, const Expected& expected) {
  const auto half_named = [&](std::string_view name) -> std::optional<std::string> {
    for (const auto& member : members)
      if (member.is_text && member.name() == name && member.text.size() <= expected.bytes &&
          is_hex(member.text))
        return std::string(expected.bytes - member.text.size(), '0') + member.text;
    return std::nullopt;
  };
  const auto r = half_named("r");
  const auto s = half_named("s");
  return r && s ? std::optional(*r + *s) : std::nullopt;
}

// The only text under one of these names that has the expected form; nullopt if several texts do.
template <std::size_t N>
std::optional<std::string> text_elsewhere(const std::vector<ReplyMember>& members, const Expected& expected,
                                          const std::string_view (&names)[N]) {
  std::optional<std::string> found;
  const std::string own_name = canonical_name(expected.row.reply_path.back());
  for (const auto& member : members) {
    if (!member.is_text || !(is_one_of(member.name(), names) || member.name() == own_name)) continue;
    if (!check_text(member.text, expected)) continue;
    if (found && *found != member.text) return std::nullopt;
    found = member.text;
  }
  return found;
}

// The time, as a JSON number: the device writes some of its numbers as strings, and others not.
std::optional<std::string> number_in_place(const std::vector<ReplyMember>& members,
                                           const Expected& expected) {
  const auto& path = expected.row.reply_path;
  const auto found = std::ranges::find_if(members, [&](const ReplyMember& member) {
    return !member.is_text && std::ranges::equal(member.path, path, {}, {}, canonical_name);
  });
  return found != members.end() && time_of(found->text) ? std::optional(found->text) : std::nullopt;
}

std::optional<std::string> elsewhere(const ReplyDocument& document, const Expected& expected) {
  const auto members = members_of(document.body());
  if (!members) return std::nullopt;
  switch (answer_to(expected.operation)) {
    case Answer::ecdsa_signature: {
      auto found = text_elsewhere(*members, expected, kSignatureNames);
      return found ? found : joined_halves(*members, expected);
    }
    case Answer::plain_signature:
      return text_elsewhere(*members, expected, kSignatureNames);
    case Answer::key_id:
      return text_elsewhere(*members, expected, kKeyIdNames);
    case Answer::time:
      return number_in_place(*members, expected);
    default:
      return std::nullopt;
  }
}

Result<void> check_records(ReplyDocument& document, const Expected& expected) {
  if (document.may_hold_records(expected.row)) return {};
  const auto text = document.text(expected.row.reply_path);
  const Error* missing = text ? nullptr : &text.error();
  return missing != nullptr && missing->reason == Reason::bad_reply
             ? *missing
             : Error{Reason::reply_field_missing,
                     missing != nullptr ? missing->detail + ", or no object" : "the result is not an object"};
}

}  // namespace

std::optional<std::chrono::sys_seconds> time_of(std::string_view text) noexcept {
  constexpr std::int64_t kEndOfYear9999 = 253'402'300'799;
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, seconds);
  if (failed != std::errc{} || stop != end || seconds < 0 || seconds > kEndOfYear9999) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

Result<void> check_reply(ReplyDocument& document, const Expected& expected) {
  const bool has_records = answer_to(expected.operation) == Answer::records;
  if (!document.is_whole(has_records ? 1 : kMaxLevels))
    return Error{Reason::bad_reply, "the reply is malformed JSON"};
  if (has_records) return check_records(document, expected);
  const auto text = document.text(expected.row.reply_path);
  auto checked = text ? check_text(*text, expected) : Result<void>(text.error());
  if (checked) return checked;
  auto found = elsewhere(document, expected);
  if (!found) return checked;
  document.answer_with(std::move(*found));
  return {};
}

}  // namespace sesam::n200
