// SPDX-License-Identifier: Apache-2.0
#include "n200/errors.h"

#include <algorithm>

#include "base/printable.h"
#include "n200/failures.h"
#include "n200/redaction.h"
#include "transport/http_status.h"

namespace sesam::n200 {
namespace {

using transport::Failure;

constexpr std::size_t kMaxDeviceText = 200;

// Replaces line breaks and tabs by blanks, so that text of several lines, such as HTML, stays readable.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

std::string cut(std::string_view text) {
  std::string_view rest = text;
  for (std::size_t characters = 0; characters < kMaxDeviceText; ++characters) {
    if (rest.empty()) return std::string(text);
    rest.remove_prefix(first_character(rest).bytes);
  }
  return rest.empty() ? std::string(text) : std::string(text.substr(0, text.size() - rest.size())) + "...";
}

std::string redacted_and_cut(std::string_view text, std::span<const std::string_view> secrets) {
  constexpr std::size_t kMaxBytes = 4096;  // enough for 200 characters in nested escapes
  return printable(cut(on_one_line(redact(text, secrets, kMaxBytes))));
}

}  // namespace

Reason reason_for_status(int status) noexcept {
  namespace http = transport::http_status;
  if (status < http::kClientError) return Reason::none;
  switch (status) {
    case http::kUnauthorized:
    case http::kForbidden:
      return Reason::access_denied;
    case http::kTooManyRequests:
    case http::kServiceUnavailable:
      return Reason::device_busy;
    default:
      return status >= http::kInternalServerError ? Reason::server_error : Reason::http_status;
  }
}

bool says_no_time(Reason reason) noexcept {
  return reason == Reason::reply_field_missing || reason == Reason::unknown_command;
}

Error error_of(const OperationContext& doing, Reason reason, std::string_view problem) {
  std::string detail(doing.what);
  if (!doing.key.empty()) detail += " " + doing.key;
  if (!doing.endpoint.empty()) detail += " at " + std::string(doing.endpoint);
  if (!problem.empty()) detail += ": " + std::string(problem);
  return {reason, std::move(detail)};
}

Error transport_error(const OperationContext& doing, const transport::Reply& reply,
                      std::string_view ca_path) {
  std::string problem = reply.message;
  if (reply.failure == Failure::certificate_not_trusted || reply.failure == Failure::bad_ca_file)
    problem += ca_path.empty() ? "; trusted are the system's CAs, as tlscert is not set"
                               : "; trusted are those in tlscert = " + std::string(ca_path);
  return error_of(doing, meaning_of(reply.failure).reason, problem);
}

Error device_error(const OperationContext& doing, Reason reason, const DeviceWords& words,
                   std::span<const std::string_view> secrets) {
  std::string problem(words.problem);
  const auto add = [&](const std::string& part) { problem += (problem.empty() ? "" : ", ") + part; };
  if (words.status != 200) add("HTTP status " + std::to_string(words.status));
  if (!words.location.empty()) add("it redirects to \"" + redacted_and_cut(words.location, secrets) + "\"");
  if (!words.said.empty()) add("device message: \"" + redacted_and_cut(words.said, secrets) + "\"");
  return error_of(doing, reason, problem);
}

}  // namespace sesam::n200
