// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/failures.h"

#include <curl/curl.h>

#include <cerrno>
#include <cstring>

namespace sesam::transport::curl {
namespace {

struct Row {
  int curl_code;
  Failure failure;
};

// Codes that are not listed map to `other`. Time-outs and the variants of CURLE_PEER_FAILED_VERIFICATION are
// distinguished below.
constexpr Row kRows[] = {
    {CURLE_OK, Failure::none},
    {CURLE_URL_MALFORMAT, Failure::bad_url},
    {CURLE_UNSUPPORTED_PROTOCOL, Failure::bad_url},
    {CURLE_COULDNT_RESOLVE_HOST, Failure::cannot_resolve},
    {CURLE_COULDNT_RESOLVE_PROXY, Failure::cannot_resolve},
    {CURLE_COULDNT_CONNECT, Failure::cannot_connect},
    {CURLE_INTERFACE_FAILED, Failure::cannot_connect},
    {CURLE_OPERATION_TIMEDOUT, Failure::timed_out},
    {CURLE_PEER_FAILED_VERIFICATION, Failure::certificate_not_trusted},
    {CURLE_SSL_ISSUER_ERROR, Failure::certificate_not_trusted},
    {CURLE_SSL_INVALIDCERTSTATUS, Failure::certificate_not_trusted},
    {CURLE_SSL_CACERT_BADFILE, Failure::bad_ca_file},
    {CURLE_SSL_CERTPROBLEM, Failure::bad_client_certificate},
    {CURLE_SSL_CONNECT_ERROR, Failure::tls_failed},
    {CURLE_SSL_CIPHER, Failure::tls_failed},
    {CURLE_SSL_ENGINE_INITFAILED, Failure::tls_failed},
    {CURLE_SSL_CLIENTCERT, Failure::bad_client_certificate},
    {CURLE_HTTP2, Failure::connection_lost},
    {CURLE_PARTIAL_FILE, Failure::connection_lost},
    {CURLE_GOT_NOTHING, Failure::connection_lost},
    {CURLE_SEND_ERROR, Failure::connection_lost},
    {CURLE_RECV_ERROR, Failure::connection_lost},
    {CURLE_HTTP2_STREAM, Failure::connection_lost},
    // We abort a request that libcurl would send again over a new connection: only the caller can decide to
    // repeat it.
    {CURLE_ABORTED_BY_CALLBACK, Failure::connection_lost},
    {CURLE_WEIRD_SERVER_REPLY, Failure::malformed},
    {CURLE_BAD_CONTENT_ENCODING, Failure::malformed},
    {CURLE_FILESIZE_EXCEEDED, Failure::too_large},
    {CURLE_OUT_OF_MEMORY, Failure::out_of_memory},
};

bool says(std::string_view words, std::string_view part) noexcept {
  return words.find(part) != std::string_view::npos;
}

// libcurl's OpenSSL backend: "SSL: no alternative certificate subject name matches target host name 'x'" and
// "SSL: certificate subject name 'y' does not match target host name 'x'".
bool is_about_the_name(std::string_view words) noexcept {
  return says(words, "subject name") || says(words, "target host name");
}

// The messages of OpenSSL (X509_verify_cert_error_string(3)) and of GnuTLS.
bool is_about_the_time(std::string_view words) noexcept {
  return says(words, "certificate has expired") || says(words, "certificate is not yet valid") ||
         says(words, "uses expired certificate") || says(words, "uses not yet valid certificate");
}

bool has_ended(int error) noexcept {
  return error == ECONNRESET || error == ECONNABORTED || error == EPIPE || error == ENOTCONN;
}

// Whether the peer went away during the handshake, for example because it restarts or has too many
// connections: shown by errno or by the messages of libcurl, OpenSSL and GnuTLS. If OpenSSL reports no error,
// libcurl names the peer's address and appends the system's message, which may be localized.
bool broke_off(const Evidence& evidence) noexcept {
  if (has_ended(evidence.os_errno)) return true;
  const auto words = evidence.words;
  if (says(words, "SSL_connect: ") && says(words, " in connection to ") && !says(words, "error:"))
    return true;
  for (const std::string_view sign :
       {"SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN", "Connection reset by peer", "Connection was reset",
        "unexpected eof", "Send failure", "Recv failure", "getpeername() failed", "getsockname() failed",
        "non-properly terminated", "Error in the push function", "Error in the pull function"})
    if (says(words, sign)) return true;
  return false;
}

// The TLS alerts (RFC 8446, section 6.2), in OpenSSL's wording, with which a peer rejects our certificate or
// requires one. With TLS 1.3, they arrive after the handshake, in response to the request.
bool turns_down_our_certificate(std::string_view words) noexcept {
  for (const std::string_view alert :
       {"alert certificate required", "alert bad certificate", "alert unsupported certificate",
        "alert certificate revoked", "alert certificate expired", "alert certificate unknown",
        "alert unknown ca", "alert access denied"})
    if (says(words, alert)) return true;
  return false;
}

// libcurl reports a header line that is longer than it accepts (100 KiB in 7.88) as CURLE_TOO_LARGE; before
// 8.6, whose headers are the first to have that code, as if memory had run out.
bool is_about_a_header(const Evidence& evidence) noexcept {
  constexpr int kTooLarge = 100;
  return (evidence.curl_code == kTooLarge && evidence.sent) ||
         (evidence.curl_code == CURLE_OUT_OF_MEMORY && evidence.replied);
}

Failure timed_out(const Evidence& evidence) noexcept {
  if (evidence.sent) return Failure::timed_out;
  if (evidence.connected) return Failure::queue_timed_out;
  return says(evidence.words, "Resolving timed out") ? Failure::cannot_resolve : Failure::connect_timed_out;
}

}  // namespace

Failure failure_of(const Evidence& evidence) noexcept {
  if (evidence.broken_off_for != Failure::none) return evidence.broken_off_for;
  if (evidence.curl_code == CURLE_OPERATION_TIMEDOUT) return timed_out(evidence);
  if (evidence.limit_errno != 0) return Failure::process_limit;
  // libcurl takes a reply that is not HTTP for HTTP/0.9.
  if (evidence.curl_code == CURLE_UNSUPPORTED_PROTOCOL && evidence.sent) return Failure::malformed;
  if (is_about_a_header(evidence)) return Failure::too_large;
  if (turns_down_our_certificate(evidence.words)) return Failure::client_rejected;
  if (evidence.curl_code == CURLE_PEER_FAILED_VERIFICATION && is_about_the_name(evidence.words))
    return Failure::host_name_mismatch;
  if (evidence.curl_code == CURLE_PEER_FAILED_VERIFICATION && is_about_the_time(evidence.words))
    return Failure::certificate_outdated;
  for (const auto& row : kRows) {
    if (row.curl_code != evidence.curl_code) continue;
    if (row.failure == Failure::tls_failed && broke_off(evidence)) return Failure::connection_lost;
    // The peer reset the connection before libcurl examined it.
    if (row.failure == Failure::cannot_connect && has_ended(evidence.os_errno))
      return Failure::connection_lost;
    return row.failure;
  }
  return Failure::other;
}

std::string message_of(const Evidence& evidence) {
  if (evidence.broken_off_for == Failure::too_large) return "the reply is longer than expected";
  if (evidence.broken_off_for == Failure::flooded) return "it keeps sending data without completing a reply";
  if (evidence.broken_off_for == Failure::out_of_memory) return "out of memory for the reply";
  if (is_about_a_header(evidence)) return "a header of the reply is longer than libcurl accepts";
  // libcurl's message would blame our callback.
  if (evidence.curl_code == CURLE_ABORTED_BY_CALLBACK)
    return "the connection was lost before the reply was complete";
  std::string message(evidence.words);
  if (turns_down_our_certificate(message))
    message.insert(0, "the device rejected client_cert, or requires one: ");
  if (message.empty()) message = curl_easy_strerror(static_cast<CURLcode>(evidence.curl_code));
  if (const int error = evidence.limit_errno != 0 ? evidence.limit_errno : evidence.os_errno; error != 0) {
    char space[128];
    const std::string_view system = strerror_r(error, space, sizeof space);
    if (!says(message, system)) message.append(": ").append(system);
  }
  return message;
}

bool is_of_the_connect(const Evidence& evidence) noexcept {
  return !evidence.sent && !evidence.connected && evidence.curl_code != CURLE_OUT_OF_MEMORY;
}

}  // namespace sesam::transport::curl
