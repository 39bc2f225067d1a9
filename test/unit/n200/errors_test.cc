// SPDX-License-Identifier: Apache-2.0
#include "n200/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "n200/failures.h"

namespace sesam::n200 {
namespace {

using testing::HasSubstr;
using testing::Not;
using transport::Failure;

const OperationContext kSigning{"signing with", "key 'web' (hsm01)", "https://device"};

std::string said(std::string_view text, std::vector<std::string_view> secrets) {
  return device_error(kSigning, Reason::device_error, {200, text}, secrets).detail;
}

TEST(ReasonForFailure, is_told_for_each) {
  const std::pair<Failure, Reason> expected[] = {
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
      {Failure::client_rejected, Reason::bad_configuration},
      {Failure::tls_failed, Reason::tls_failed},
      {Failure::connection_lost, Reason::connection_lost},
      {Failure::malformed, Reason::bad_reply},
      {Failure::descriptors_closed, Reason::connection_lost},
      {Failure::too_large, Reason::reply_too_large},
      {Failure::wrong_libcrypto, Reason::wrong_libcrypto},
      {Failure::process_limit, Reason::process_limit},
      {Failure::out_of_memory, Reason::out_of_memory},
      {Failure::stopped, Reason::stopped},
      {Failure::other, Reason::internal},
  };
  for (const auto& [failure, reason] : expected)
    EXPECT_EQ(meaning_of(failure).reason, reason) << static_cast<int>(failure);
}

TEST(ReasonForStatus, starts_at_400) {
  for (const int status : {200, 204, 302, 399}) EXPECT_EQ(reason_for_status(status), Reason::none);
  for (const int status : {401, 403}) EXPECT_EQ(reason_for_status(status), Reason::access_denied);
  for (const int status : {400, 404, 421}) EXPECT_EQ(reason_for_status(status), Reason::http_status);
  for (const int status : {429, 503}) EXPECT_EQ(reason_for_status(status), Reason::device_busy);
  for (const int status : {500, 501, 502, 504}) EXPECT_EQ(reason_for_status(status), Reason::server_error);
}

TEST(ErrorOf, says_what_on_which_key_where_and_why) {
  EXPECT_EQ(error_of(kSigning, Reason::internal, "because").detail,
            "signing with key 'web' (hsm01) at https://device: because");
  EXPECT_EQ(error_of({"listing", "", ""}, Reason::internal, "").detail, "listing");
}

TEST(TransportError, names_the_trusted_file_where_trust_failed) {
  transport::Reply reply;
  reply.message = "self-signed certificate";
  for (const auto failure : {Failure::certificate_not_trusted, Failure::bad_ca_file}) {
    reply.failure = failure;
    const auto error = transport_error(kSigning, reply, "/etc/tls/server63.crt");
    EXPECT_EQ(error.reason, Reason::certificate_not_trusted);
    EXPECT_THAT(error.detail, testing::AllOf(HasSubstr("self-signed certificate"),
                                             HasSubstr("tlscert = /etc/tls/server63.crt")));
    EXPECT_THAT(transport_error(kSigning, reply, "").detail, HasSubstr("system's CAs"));
  }
}

TEST(TransportError, names_no_file_where_something_else_failed) {
  transport::Reply reply;
  reply.failure = Failure::cannot_connect;
  reply.message = "Connection refused";
  const auto error = transport_error(kSigning, reply, "/etc/tls/server63.crt");
  EXPECT_EQ(error.reason, Reason::cannot_connect);
  EXPECT_THAT(error.detail, HasSubstr("Connection refused"));
  EXPECT_THAT(error.detail, Not(HasSubstr("server63")));
}

TEST(DeviceError, tells_the_devices_words_and_the_status_unless_it_is_200) {
  EXPECT_THAT(device_error(kSigning, Reason::http_status, {500, "busy"}, {}).detail,
              HasSubstr("HTTP status 500, device message: \"busy\""));
  EXPECT_THAT(said("busy", {}), Not(HasSubstr("HTTP status")));
  EXPECT_THAT(device_error(kSigning, Reason::http_status, {502, ""}, {}).detail,
              testing::EndsWith(": HTTP status 502"));
}

TEST(DeviceError, redacts_every_secret) {
  const auto text =
      said("pin 4711 of pkmaster:s3cret is wrong, 4711", {"4711", "s3cret", "", std::string_view()});
  EXPECT_THAT(text, HasSubstr("pin <secret> of pkmaster:<secret> is wrong, <secret>"));
}

TEST(DeviceError, redacts_a_secret_that_is_the_start_of_another) {
  EXPECT_THAT(said("pin 47110815 is wrong", {"4711", "47110815"}), HasSubstr("pin <secret> is wrong"));
}

TEST(DeviceError, accepts_secrets_that_its_own_words_contain) {
  EXPECT_THAT(said("my secret", {"secret"}), HasSubstr("my <secret>"));
  EXPECT_THAT(said("see", {"e", "s", "<"}), HasSubstr("\"<secret>\""));
}

TEST(DeviceError, redacts_before_it_cuts) {
  const auto text = said(std::string(198, 'x') + "4711", {"4711"});
  EXPECT_THAT(text, Not(HasSubstr("47")));
}

TEST(DeviceError, cuts_a_long_text_and_makes_it_printable) {
  EXPECT_LT(said(std::string(5000, 'x'), {}).size(), 300U);
  EXPECT_THAT(said("a\nb\x1b[31mc\x7f", {}), HasSubstr("\"a b\\x1b[31mc\\x7f\""));
}

TEST(DeviceError, cuts_at_200_characters_not_bytes) {
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xC3\xA4";
  EXPECT_THAT(said(umlauts, {}), testing::EndsWith("\xC3\xA4...\""));
}

TEST(DeviceError, puts_our_words_first_and_names_where_a_redirection_points) {
  EXPECT_THAT(
      device_error(kSigning, Reason::http_status, {301, "Moved", "", "https://other/?pin=4711"}, {{"4711"}})
          .detail,
      HasSubstr(
          "HTTP status 301, it redirects to \"https://other/?pin=<secret>\", device message: \"Moved\""));
  EXPECT_THAT(device_error(kSigning, Reason::bad_reply, {200, "hello", "that is no number"}, {}).detail,
              HasSubstr("that is no number, device message: \"hello\""));
}

}  // namespace
}  // namespace sesam::n200
