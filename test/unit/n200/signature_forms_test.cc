// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_forms.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace sesam::n200 {
namespace {

using Signature = std::array<unsigned char, 64>;

Signature expected() {
  Signature signature;
  for (std::size_t i = 0; i < signature.size(); ++i) signature[i] = static_cast<unsigned char>(i + 1);
  return signature;
}
const std::string kHex =
    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40";
const std::string kDerHex =
    "3044"
    "0220" +
    kHex.substr(0, 64) + "0220" + kHex.substr(64);
const std::string kBase64 =
    "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QA==";

void expect(const std::string& text, SignatureForm form, Encoding encoding) {
  Signature read{};
  const auto writing = recognise_signature(text, true, read);
  ASSERT_TRUE(writing) << text;
  EXPECT_EQ(writing->form, form) << text;
  EXPECT_EQ(writing->encoding, encoding) << text;
  EXPECT_EQ(read, expected()) << text;
  EXPECT_EQ(SignatureWriting::of_code(writing->code()), *writing);
  EXPECT_NE(writing->code(), 0);
  Signature again{};
  EXPECT_TRUE(read_signature(text, *writing, again)) << text;
  EXPECT_EQ(again, expected());
}

TEST(SignatureForms, are_told_apart) {
  std::string lower = kHex, broken = kHex, url = kBase64.substr(0, 86);
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  broken.insert(64, "\r\n");
  url[83] = '_';
  expect(kHex, SignatureForm::p1363, Encoding::hex);
  expect(lower, SignatureForm::p1363, Encoding::hex);
  expect("0x" + kHex, SignatureForm::p1363, Encoding::hex);
  expect(broken, SignatureForm::p1363, Encoding::hex);
  expect(kDerHex, SignatureForm::der, Encoding::hex);
  expect(kBase64, SignatureForm::p1363, Encoding::base64);
  expect(kBase64.substr(0, 86), SignatureForm::p1363, Encoding::base64);
  expect(url, SignatureForm::p1363, Encoding::base64);
  expect("MEQCIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAiAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QA==",
         SignatureForm::der, Encoding::base64);
}

TEST(SignatureForms, every_writing_has_a_code_of_its_own) {
  std::set<int> codes;
  for (const auto form : {SignatureForm::p1363, SignatureForm::der, SignatureForm::raw})
    for (const auto encoding : {Encoding::hex, Encoding::hex_lower, Encoding::base64, Encoding::text})
      for (const bool elsewhere : {false, true}) {
        const SignatureWriting writing{form, encoding, elsewhere};
        EXPECT_EQ(SignatureWriting::of_code(writing.code()), writing);
        codes.insert(writing.code());
      }
  EXPECT_EQ(codes.size(), 24u);
  EXPECT_FALSE(codes.contains(0));
}

TEST(SignatureForms, of_rsa_are_as_long_as_the_modulus) {
  Signature read{};
  EXPECT_EQ(recognise_signature(kBase64, false, read)->form, SignatureForm::raw);
  EXPECT_FALSE(recognise_signature(kDerHex, false, read));
}

TEST(SignatureForms, that_do_not_fit_are_none) {
  Signature read{};
  for (const auto& text :
       {std::string(), std::string("error: wrong pin"), kHex.substr(2), kHex + "00", kDerHex + "00",
        kDerHex.substr(0, kDerHex.size() - 2), std::string("0x"), std::string(128, 'g')})
    EXPECT_FALSE(recognise_signature(text, true, read)) << text;
}

}  // namespace
}  // namespace sesam::n200
