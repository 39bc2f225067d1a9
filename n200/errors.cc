// SPDX-License-Identifier: Apache-2.0
#include "n200/errors.h"

#include <strings.h>

#include <algorithm>
#include <cctype>

namespace sesam::n200 {
namespace {

using http::Failure;

struct FailureRow {
  Failure failure;
  Reason reason;
};
constexpr FailureRow kFailures[] = {
    {Failure::bad_url, Reason::bad_configuration},
    {Failure::cannot_resolve, Reason::cannot_resolve},
    {Failure::cannot_connect, Reason::cannot_connect},
    {Failure::connect_timed_out, Reason::timed_out},
    {Failure::timed_out, Reason::timed_out},
    {Failure::queue_timed_out, Reason::too_many_requests},
    {Failure::certificate_not_trusted, Reason::certificate_not_trusted},
    {Failure::certificate_outdated, Reason::certificate_outdated},
    {Failure::host_name_mismatch, Reason::host_name_mismatch},
    {Failure::bad_ca_file, Reason::certificate_not_trusted},
    {Failure::bad_client_certificate, Reason::bad_configuration},
    {Failure::tls_failed, Reason::tls_failed},
    {Failure::connection_lost, Reason::connection_lost},
    {Failure::flooded, Reason::connection_lost},
    {Failure::malformed, Reason::bad_reply},
    {Failure::too_large, Reason::reply_too_large},
    {Failure::wrong_libcrypto, Reason::wrong_libcrypto},
    {Failure::process_limit, Reason::process_limit},
    {Failure::descriptors_closed, Reason::connection_lost},
    {Failure::out_of_memory, Reason::out_of_memory},
    {Failure::stopped, Reason::stopped},
};

constexpr std::size_t kMostDeviceText = 200;

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && strncasecmp(text.data(), start.data(), start.size()) == 0;
}

// What stands for a secret is not looked at again: it may itself contain one ("secret" is a password too). In
// any case of letters, for a key in hex may come back in another.
std::string blot(std::string_view text, std::span<const std::string_view> secrets) {
  std::string clean;
  while (!text.empty()) {
    std::size_t longest = 0;
    for (const auto secret : secrets)
      if (!secret.empty() && starts_with_ignoring_case(text, secret))
        longest = std::max(longest, secret.size());
    if (longest == 0)
      clean += text.front();
    else
      clean += "<secret>";
    text.remove_prefix(std::max<std::size_t>(longest, 1));
  }
  return clean;
}

// The length of the printable character at the start of the text (UTF-8, RFC 3629); 0: it is none. Characters
// that change the direction of writing or are not seen are none.
std::size_t printable_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  unsigned long character = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    character = character << 6 | (byte(i) & 0x3FU);
  }
  const bool too_long = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  const bool unseen = character < 0xA0 || (character >= 0x200B && character <= 0x200F) ||
                      (character >= 0x2028 && character <= 0x202E) ||
                      (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF ||
                      character > 0x10FFFF;
  return too_long || surrogate || unseen ? 0 : length;
}

std::string cut_and_blot(std::string_view text, std::span<const std::string_view> secrets) {
  const std::string blotted = blot(text, secrets);
  std::string_view rest = blotted;
  std::string clean;
  for (std::size_t characters = 0; !rest.empty(); ++characters) {
    if (characters == kMostDeviceText) return clean + "...";
    const std::size_t length = printable_length(rest);
    if (length == 0)
      clean += static_cast<unsigned char>(rest.front()) < 0x80 ? ' ' : '?';
    else
      clean += rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

}  // namespace

Reason reason_for(Failure failure) noexcept {
  for (const auto& row : kFailures)
    if (row.failure == failure) return row.reason;
  return Reason::internal;
}

Reason reason_for_status(int status) noexcept {
  if (status < 400) return Reason::none;
  return status == 401 || status == 403 ? Reason::access_denied : Reason::http_status;
}

Error error_of(const Doing& doing, Reason reason, std::string_view problem) {
  std::string detail(doing.what);
  if (!doing.key.empty()) detail += " " + doing.key;
  if (!doing.endpoint.empty()) detail += " at " + std::string(doing.endpoint);
  if (!problem.empty()) detail += ": " + std::string(problem);
  return {reason, std::move(detail)};
}

Error transport_error(const Doing& doing, const http::Reply& reply, std::string_view ca_path) {
  std::string problem = reply.message;
  if (reply.failure == Failure::certificate_not_trusted || reply.failure == Failure::bad_ca_file)
    problem += ca_path.empty() ? "; trusted are the system's CAs, as no tlscert is set"
                               : "; trusted is tlscert = " + std::string(ca_path);
  return error_of(doing, reason_for(reply.failure), problem);
}

Error device_error(const Doing& doing, Reason reason, const DeviceWords& words,
                   std::span<const std::string_view> secrets) {
  std::string problem(words.problem);
  const auto add = [&](const std::string& part) { problem += (problem.empty() ? "" : ", ") + part; };
  if (words.status != 200) add("HTTP status " + std::to_string(words.status));
  if (!words.location.empty()) add("it points to \"" + cut_and_blot(words.location, secrets) + "\"");
  if (!words.said.empty()) add("the device says \"" + cut_and_blot(words.said, secrets) + "\"");
  return error_of(doing, reason, problem);
}

}  // namespace sesam::n200
