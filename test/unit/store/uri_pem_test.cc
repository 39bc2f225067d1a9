// SPDX-License-Identifier: Apache-2.0
#include "store/uri_pem.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sesam::store {
namespace {

constexpr char kUri[] = "sesam:key-id=hsm010123F13C56131E1EEE0000000000000025;object=web";
const std::string kOurs = "sesam key URI v1.0";

// Encodes DER with lengths below 128.
Bytes element(unsigned char tag, const std::string& content) {
  Bytes der(2 + content.size());
  der[0] = tag;
  der[1] = static_cast<unsigned char>(content.size());
  std::copy(content.begin(), content.end(), der.begin() + 2);
  return der;
}

Bytes sequence(const std::vector<Bytes>& elements) {
  std::string content;
  for (const auto& one : elements) content.append(one.begin(), one.end());
  return element(0x30, content);
}

// What is read may contain a PIN; text() compares it with a constant.
std::optional<std::string_view> text(const std::optional<Secret>& secret) {
  return secret ? std::optional(secret->reveal()) : std::nullopt;
}

constexpr unsigned char kVisible = 0x1A, kUtf8 = 0x0C, kOctets = 0x04;

TEST(UriPem, is_known_by_its_first_line) {
  EXPECT_TRUE(is_first_line("-----BEGIN SESAM KEY URI-----\n", false));
  EXPECT_TRUE(is_first_line("-----BEGIN PKCS#11 PROVIDER URI-----\r\n", true));
  EXPECT_FALSE(is_first_line("-----BEGIN PKCS#11 PROVIDER URI-----\n", false));
  EXPECT_FALSE(is_first_line("-----BEGIN PRIVATE KEY-----\n", true));
  EXPECT_FALSE(is_first_line("-----BEGIN SESAM KEY URIS-----\n", true));
}

TEST(UriPem, comes_back_as_it_was_written) {
  const std::string pem = pem_of_uri(kUri);
  EXPECT_TRUE(pem.starts_with("-----BEGIN SESAM KEY URI-----\n"));
  const auto der = der_of_pem(pem, false);
  ASSERT_TRUE(der);
  EXPECT_TRUE(std::ranges::equal(bytes_of(*der), der_of_uri(kUri)));
  EXPECT_EQ(text(uri_of_der(bytes_of(*der), false)), kUri);
}

TEST(UriPem, is_the_der_that_the_man_page_shows) {
  EXPECT_EQ(der_of_uri("sesam:web"), sequence({element(kVisible, kOurs), element(kUtf8, "sesam:web")}));
}

TEST(UriPem, of_pkcs11_provider_is_read_where_its_uris_are_served) {
  const Bytes der =
      sequence({element(kVisible, "PKCS#11 Provider URI v1.0"), element(kUtf8, "pkcs11:object=web")});
  EXPECT_EQ(text(uri_of_der(der, true)), "pkcs11:object=web");
  EXPECT_FALSE(uri_of_der(der, false));
  std::string pem = pem_of_uri(kUri);
  for (std::size_t at; (at = pem.find("SESAM KEY URI")) != pem.npos;)
    pem.replace(at, 13, "PKCS#11 PROVIDER URI");
  EXPECT_TRUE(der_of_pem(pem, true));
  EXPECT_FALSE(der_of_pem(pem, false));
}

TEST(UriPem, with_another_label_is_left_alone) {
  std::string pem = pem_of_uri(kUri);
  for (std::size_t at; (at = pem.find("SESAM KEY URI")) != pem.npos;) pem.replace(at, 13, "PRIVATE KEY");
  EXPECT_FALSE(der_of_pem(pem, true));
  EXPECT_FALSE(der_of_pem("", true));
  EXPECT_FALSE(der_of_pem("-----BEGIN SESAM KEY URI-----\n", true));
  EXPECT_FALSE(der_of_pem("-----BEGIN SESAM KEY URI-----\n!!!!\n-----END SESAM KEY URI-----\n", true));
}

TEST(UriPem, whose_der_is_malformed_is_none) {
  const Bytes good = der_of_uri(kUri);
  EXPECT_FALSE(uri_of_der({}, true));
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(uri_of_der(std::span(good).first(length), true)) << length;
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(uri_of_der(longer, true));
  EXPECT_FALSE(uri_of_der(Bytes{0x30, 0x80, 0x00, 0x00}, true));
  EXPECT_FALSE(uri_of_der(Bytes{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, true));
}

// Some files of pkcs11-provider use such lengths.
TEST(UriPem, with_other_lengths_than_those_of_der_is_read) {
  Bytes der = der_of_uri(kUri);
  Bytes indefinite = der;
  indefinite[1] = 0x80;
  indefinite.insert(indefinite.end(), {0x00, 0x00});
  EXPECT_EQ(text(uri_of_der(indefinite, true)), kUri);
  ASSERT_LT(der[1], 0x80);
  Bytes long_form{der[0], 0x82, 0x00};
  long_form.insert(long_form.end(), der.begin() + 1, der.end());
  EXPECT_EQ(text(uri_of_der(long_form, true)), kUri);
}

TEST(UriPem, of_another_shape_is_none) {
  const Bytes ours = element(kVisible, kOurs), uri = element(kUtf8, "sesam:web");
  EXPECT_FALSE(uri_of_der(sequence({ours}), true));
  EXPECT_FALSE(uri_of_der(sequence({ours, uri, uri}), true));
  EXPECT_FALSE(uri_of_der(sequence({uri, ours}), true));
  EXPECT_FALSE(uri_of_der(sequence({ours, element(kOctets, "sesam:web")}), true));
  EXPECT_FALSE(uri_of_der(sequence({ours, element(kUtf8, "")}), true));
  EXPECT_FALSE(uri_of_der(sequence({element(kVisible, "sesam key URI v2.0"), uri}), true));
  EXPECT_FALSE(uri_of_der(uri, true));
}

TEST(UriPem, with_a_nul_in_its_uri_is_none) {
  EXPECT_FALSE(uri_of_der(
      sequence({element(kVisible, kOurs), element(kUtf8, std::string("sesam:web\0more", 14))}), true));
  EXPECT_FALSE(
      uri_of_der(sequence({element(kVisible, kOurs), element(kUtf8, std::string("sesam:web\0", 10))}), true));
}

TEST(UriPem, holds_a_long_uri_too) {
  const std::string uri = "sesam:object=" + std::string(10'000, 'x');
  const auto der = der_of_pem(pem_of_uri(uri), false);
  ASSERT_TRUE(der);
  EXPECT_EQ(text(uri_of_der(bytes_of(*der), false)), uri);
}

}  // namespace
}  // namespace sesam::store
