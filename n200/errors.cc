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
    {Failure::host_name_mismatch, Reason::host_name_mismatch},
    {Failure::bad_ca_file, Reason::certificate_not_trusted},
    {Failure::bad_client_certificate, Reason::bad_configuration},
    {Failure::tls_failed, Reason::tls_failed},
    {Failure::connection_lost, Reason::connection_lost},
    {Failure::flooded, Reason::connection_lost},
    {Failure::too_large, Reason::reply_too_large},
    {Failure::wrong_libcrypto, Reason::wrong_libcrypto},
    {Failure::process_limit, Reason::process_limit},
    {Failure::out_of_memory, Reason::out_of_memory},
    {Failure::stopped, Reason::stopped},
};

// The first row that is contained in the device's text counts.
struct TextRow {
  std::string_view contains;
  Reason reason;
};
constexpr TextRow kTexts[] = {
    {"access denied", Reason::access_denied},     {"wrong pin", Reason::wrong_pin},
    {"invalid pin", Reason::wrong_pin},           {"key locked", Reason::wrong_pin},
    {"pin missing", Reason::pin_missing},         {"missing pin", Reason::pin_missing},
    {"pin required", Reason::pin_missing},        {"unknown key", Reason::unknown_key},
    {"key not found", Reason::unknown_key},       {"no such key", Reason::unknown_key},
    {"unknown command", Reason::unknown_command}, {"unknown core", Reason::wrong_core},
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

std::string cut_and_blot(std::string_view text, std::span<const std::string_view> secrets) {
  std::string clean = blot(text, secrets);
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (clean.size() > kMostDeviceText) clean.replace(kMostDeviceText, clean.npos, "...");
  return clean;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); }) !=
         text.end();
}

}  // namespace

Reason reason_for(Failure failure) noexcept {
  for (const auto& row : kFailures)
    if (row.failure == failure) return row.reason;
  return Reason::internal;
}

Reason reason_for_text(std::string_view device_text) noexcept {
  for (const auto& row : kTexts)
    if (contains_ignoring_case(device_text, row.contains)) return row.reason;
  return Reason::device_error;
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

Error device_error(const Doing& doing, Reason reason, int status, std::string_view device_text,
                   std::span<const std::string_view> secrets) {
  std::string problem;
  if (status != 200) problem = "HTTP status " + std::to_string(status);
  if (!device_text.empty())
    problem += (problem.empty() ? "" : ", ") + std::string("the device says \"") +
               cut_and_blot(device_text, secrets) + "\"";
  return error_of(doing, reason, problem);
}

}  // namespace sesam::n200
