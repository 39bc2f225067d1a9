// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/failures.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace sesam::transport::curl {
namespace {

Evidence of(CURLcode code, std::string_view words = {}) {
  Evidence evidence;
  evidence.curl_code = code;
  evidence.words = words;
  return evidence;
}

Evidence sent(CURLcode code) {
  Evidence evidence = of(code);
  evidence.sent = evidence.connected = true;
  return evidence;
}

TEST(Failures, name_what_kept_a_connection_from_being_made) {
  EXPECT_EQ(failure_of(of(CURLE_COULDNT_RESOLVE_HOST)), Failure::cannot_resolve);
  EXPECT_EQ(failure_of(of(CURLE_COULDNT_CONNECT)), Failure::cannot_connect);
  EXPECT_EQ(failure_of(of(CURLE_SSL_CONNECT_ERROR)), Failure::tls_failed);
  EXPECT_EQ(failure_of(of(CURLE_SSL_CACERT_BADFILE)), Failure::bad_ca_file);
  EXPECT_EQ(failure_of(of(CURLE_SSL_CERTPROBLEM)), Failure::bad_client_certificate);
  EXPECT_EQ(failure_of(of(CURLE_URL_MALFORMAT)), Failure::bad_url);
}

TEST(Failures, blame_the_processs_own_limit_for_what_it_keeps_from_being_made) {
  for (const auto code : {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR}) {
    Evidence evidence = of(code);
    evidence.limit_errno = EMFILE;
    EXPECT_EQ(failure_of(evidence), Failure::process_limit) << code;
    EXPECT_THAT(message_of(evidence), testing::EndsWith(": Too many open files"));
  }
}

TEST(Failures, tell_a_wrong_name_from_a_chain_that_is_not_trusted) {
  const auto code = CURLE_PEER_FAILED_VERIFICATION;
  EXPECT_EQ(failure_of(of(code, "SSL certificate problem: self-signed certificate")),
            Failure::certificate_not_trusted);
  EXPECT_EQ(failure_of(of(code, "SSL: certificate subject name 'a' does not match target host name 'b'")),
            Failure::host_name_mismatch);
  EXPECT_EQ(failure_of(of(code, "SSL: no alternative certificate subject name matches target host name 'b'")),
            Failure::host_name_mismatch);
}

TEST(Failures, call_repeatable_what_may_be_repeated) {
  for (const auto code : {CURLE_HTTP2, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
                          CURLE_RECV_ERROR, CURLE_HTTP2_STREAM, CURLE_ABORTED_BY_CALLBACK})
    EXPECT_EQ(failure_of(sent(code)), Failure::connection_lost) << code;
}

TEST(Failures, tell_what_is_not_http_from_a_bad_url) {
  EXPECT_EQ(failure_of(of(CURLE_UNSUPPORTED_PROTOCOL)), Failure::bad_url);
  for (const auto code : {CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING})
    EXPECT_EQ(failure_of(sent(code)), Failure::malformed) << code;
}

TEST(Failures, tell_a_header_that_is_too_long_from_a_lack_of_memory) {
  Evidence evidence = sent(CURLE_OUT_OF_MEMORY);
  EXPECT_EQ(failure_of(evidence), Failure::out_of_memory);
  evidence.replied = true;
  EXPECT_EQ(failure_of(evidence), Failure::too_large);
  EXPECT_THAT(message_of(evidence), testing::HasSubstr("header"));
}

TEST(Failures, know_the_code_of_libcurl_8_for_a_header_that_is_too_long) {
  constexpr auto kTooLarge = static_cast<CURLcode>(100);  // CURLE_TOO_LARGE, unknown to older headers
  EXPECT_EQ(failure_of(of(kTooLarge)), Failure::other);
  EXPECT_EQ(failure_of(sent(kTooLarge)), Failure::too_large);
  EXPECT_THAT(message_of(sent(kTooLarge)), testing::HasSubstr("header"));
}

TEST(Failures, take_a_handshake_that_broke_off_for_a_lost_connection) {
  for (const char* words : {"OpenSSL SSL_connect: Connection reset by peer in connection to x",
                            "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to x:443",
                            "TLS connect error: error:0A000126:SSL routines::unexpected eof while reading",
                            "Send failure: Broken pipe",  // this and the previous one are from libcurl 8
                            "getpeername() failed with errno 107: Transport endpoint is not connected",
                            "OpenSSL SSL_connect: Connection was reset in connection to x:443",
                            "OpenSSL SSL_connect: SSL_ERROR_ZERO_RETURN in connection to x:443",
                            "OpenSSL SSL_connect: Verbindungsaufbau abgelehnt in connection to x:443",
                            "gnutls_handshake() failed: The TLS connection was non-properly terminated.",
                            "gnutls_handshake() failed: Error in the pull function."})
    EXPECT_EQ(failure_of(of(CURLE_SSL_CONNECT_ERROR, words)), Failure::connection_lost) << words;
  EXPECT_EQ(failure_of(of(CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number")),
            Failure::tls_failed);
}

TEST(Failures, take_a_handshake_that_broke_off_by_the_systems_number_whatever_the_words) {
  for (const int error : {ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN}) {
    Evidence evidence = of(CURLE_SSL_CONNECT_ERROR, "something went wrong");
    evidence.os_errno = error;
    EXPECT_EQ(failure_of(evidence), Failure::connection_lost) << error;
  }
}

TEST(Failures, take_a_connection_that_was_reset_as_soon_as_it_stood_for_a_lost_one) {
  Evidence evidence =
      of(CURLE_COULDNT_CONNECT, "Failed to connect to x port 443: Couldn't connect to server");
  evidence.os_errno = ECONNRESET;
  EXPECT_EQ(failure_of(evidence), Failure::connection_lost);
  evidence.os_errno = ECONNREFUSED;
  EXPECT_EQ(failure_of(evidence), Failure::cannot_connect);
}

TEST(Failures, know_a_peer_that_turns_down_our_certificate_whenever_it_does) {
  for (const char* words :
       {"OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0",
        "OpenSSL SSL_read: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0"}) {
    Evidence evidence = sent(CURLE_RECV_ERROR);
    evidence.words = words;
    EXPECT_EQ(failure_of(evidence), Failure::client_rejected) << words;
    EXPECT_EQ(failure_of(of(CURLE_SSL_CONNECT_ERROR, words)), Failure::client_rejected) << words;
    EXPECT_EQ(message_of(evidence),
              std::string("the device rejected client_cert, or requires one: ") + words);
  }
}

TEST(Failures, say_where_the_time_went) {
  Evidence evidence = of(CURLE_OPERATION_TIMEDOUT, "Connection timeout after 3000 ms");
  EXPECT_EQ(failure_of(evidence), Failure::connect_timed_out);
  evidence.words = "Resolving timed out after 3000 milliseconds";
  EXPECT_EQ(failure_of(evidence), Failure::cannot_resolve);
  evidence.connected = true;
  EXPECT_EQ(failure_of(evidence), Failure::queue_timed_out);
  evidence.sent = true;
  EXPECT_EQ(failure_of(evidence), Failure::timed_out);
}

TEST(Failures, know_a_reply_that_is_too_long) {
  Evidence evidence = sent(CURLE_WRITE_ERROR);
  EXPECT_EQ(failure_of(evidence), Failure::other);
  evidence.broken_off_for = Failure::too_large;
  EXPECT_EQ(failure_of(evidence), Failure::too_large);
  evidence.broken_off_for = Failure::out_of_memory;
  EXPECT_EQ(failure_of(evidence), Failure::out_of_memory);
}

TEST(Failures, call_the_unknown_other) {
  EXPECT_EQ(failure_of(of(CURLE_FTP_WEIRD_PASV_REPLY)), Failure::other);
}

TEST(Failures, are_shared_by_all_that_wait_for_the_connection_that_failed) {
  EXPECT_TRUE(is_of_the_connect(of(CURLE_COULDNT_CONNECT)));
  EXPECT_TRUE(is_of_the_connect(of(CURLE_PEER_FAILED_VERIFICATION)));
  EXPECT_FALSE(is_of_the_connect(of(CURLE_OUT_OF_MEMORY)));
  EXPECT_FALSE(is_of_the_connect(sent(CURLE_RECV_ERROR)));
}

TEST(Failures, quote_libcurl_and_the_system) {
  Evidence evidence = of(CURLE_COULDNT_CONNECT, "Failed to connect to hsm port 443");
  evidence.os_errno = ECONNREFUSED;
  EXPECT_EQ(message_of(evidence), "Failed to connect to hsm port 443: Connection refused");
  evidence.words = "connect: Connection refused";
  EXPECT_EQ(message_of(evidence), "connect: Connection refused");
  evidence = of(CURLE_GOT_NOTHING);
  EXPECT_EQ(message_of(evidence), curl_easy_strerror(CURLE_GOT_NOTHING));
}

TEST(Failures, tell_an_expired_certificate_from_an_untrusted_one) {
  Evidence evidence;
  evidence.curl_code = CURLE_PEER_FAILED_VERIFICATION;
  for (const char* words : {"SSL certificate problem: certificate has expired",
                            "SSL certificate problem: certificate is not yet valid"}) {
    evidence.words = words;
    EXPECT_EQ(failure_of(evidence), Failure::certificate_outdated) << words;
  }
  evidence.words = "SSL certificate problem: self-signed certificate";
  EXPECT_EQ(failure_of(evidence), Failure::certificate_not_trusted);
}

}  // namespace
}  // namespace sesam::transport::curl
