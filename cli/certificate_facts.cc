// SPDX-License-Identifier: Apache-2.0
#include "cli/certificate_facts.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/hex.h"
#include "ossl/crypto.h"
#include "ossl/encodings.h"
#include "ossl/handles.h"

namespace sesam::cli {
namespace {

using AlternativeNames = std::unique_ptr<GENERAL_NAMES, ossl::FreeWith<&GENERAL_NAMES_free>>;

// A certificate may contain any text.
bool is_host_name(std::string_view text) noexcept {
  constexpr std::size_t kMaxBytes = 253;  // RFC 1035, section 2.3.4
  const auto may_be_in_it = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_';
  };
  return !text.empty() && text.size() <= kMaxBytes && text.front() != '-' && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), may_be_in_it);
}

std::string bytes_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string common_name(X509* certificate) {
  const auto* name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  return bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

// Returns false for an invalid time, too. OpenSSL 4.0 deprecates X509_cmp_current_time(3).
bool has_come(const ASN1_TIME* moment) {
  const int compared = ASN1_TIME_cmp_time_t(moment, std::time(nullptr));
  return compared == 0 || compared == -1;
}

std::string text_of(const ASN1_TIME* time) {
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory || ASN1_TIME_print(memory.get(), time) != 1) return {};
  return std::string(ossl::text_in(memory.get()));
}

// On one line, in UTF-8: "CN = device, O = example".
std::string text_of(const X509_NAME* name) {
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  constexpr unsigned long kForm = XN_FLAG_ONELINE & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, kForm) < 0) return {};
  return std::string(ossl::text_in(memory.get()));
}

// RFC 5280, section 4.2.1.6: four or sixteen octets. In the form of a URL's host; empty if it is neither.
std::string address_in(const ASN1_OCTET_STRING* octets) {
  char text[INET6_ADDRSTRLEN] = "";
  const unsigned char* data = ASN1_STRING_get0_data(octets);
  const int length = ASN1_STRING_length(octets);
  if (length == 4 && ::inet_ntop(AF_INET, data, text, sizeof text) != nullptr) return text;
  if (length == 16 && ::inet_ntop(AF_INET6, data, text, sizeof text) != nullptr)
    return "[" + std::string(text) + "]";
  return {};
}

// The names of that type in subjectAltName, in the form of a URL's host; empty texts for those without one.
std::vector<std::string> hosts_of_type(X509* certificate, int type) {
  const AlternativeNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != type) continue;
    const std::string text = type == GEN_DNS ? bytes_of(name->d.dNSName) : address_in(name->d.iPAddress);
    found.push_back(type == GEN_IPADD || is_host_name(text) ? text : std::string());
  }
  return found;
}

std::string first_in(const std::vector<std::string>& texts) {
  const auto found = std::ranges::find_if(texts, [](const auto& text) { return !text.empty(); });
  return found == texts.end() ? std::string() : *found;
}

}  // namespace

std::vector<ossl::X509Certificate> certificates_in(const std::string& pem) {
  std::vector<ossl::X509Certificate> found;
  const ossl::Bio memory = ossl::reader_of(pem);
  while (ossl::X509Certificate one{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
    found.push_back(std::move(one));
  ERR_clear_error();  // PEM_read_bio_X509() raises one at the end of the text
  return found;
}

bool holds(const std::vector<ossl::X509Certificate>& certificates, const X509* certificate) {
  return std::ranges::any_of(certificates,
                             [&](const auto& one) { return X509_cmp(one.get(), certificate) == 0; });
}

std::string alternative_names(X509* certificate) {
  const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  if (at < 0 || !memory || X509V3_EXT_print(memory.get(), X509_get_ext(certificate, at), 0, 0) != 1)
    return {};
  return std::string(ossl::text_in(memory.get()));
}

std::string subject_of(X509* certificate) { return text_of(X509_get_subject_name(certificate)); }
std::string issuer_of(X509* certificate) { return text_of(X509_get_issuer_name(certificate)); }
std::string start_of(X509* certificate) { return text_of(X509_get0_notBefore(certificate)); }
std::string end_of(X509* certificate) { return text_of(X509_get0_notAfter(certificate)); }

std::string host_name_in(X509* certificate) {
  for (const int type : {GEN_DNS, GEN_IPADD})
    if (const std::string host = first_in(hosts_of_type(certificate, type)); !host.empty()) return host;
  const std::string common = common_name(certificate);
  return !has_alternative_names(certificate) && is_host_name(common) ? common : std::string();
}

bool has_alternative_names(X509* certificate) {
  return !hosts_of_type(certificate, GEN_DNS).empty() || !hosts_of_type(certificate, GEN_IPADD).empty();
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const ossl::Md sha256(EVP_MD_fetch(ossl::private_libctx(), "SHA256", nullptr));
  if (!sha256 || X509_digest(certificate, sha256.get(), digest.data(), &length) != 1) return {};
  return to_hex({digest.data(), length});
}

std::string description_of(X509* certificate) {
  const std::string names = alternative_names(certificate);
  return "CN=" + common_name(certificate) + (names.empty() ? ", no subjectAltName" : ", " + names) +
         (is_self_signed(certificate) ? ", self-signed" : ", issued by '" + issuer_of(certificate) + "'") +
         ", valid until " + end_of(certificate) + " (from " + start_of(certificate) + ")" + ", SHA-256 " +
         fingerprint_of(certificate);
}

bool is_self_signed(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

bool has_begun(X509* certificate) { return has_come(X509_get0_notBefore(certificate)); }

bool has_ended(X509* certificate) { return has_come(X509_get0_notAfter(certificate)); }

std::string text_of_near_end(X509* certificate) {
  constexpr int kWarnedDays = 30;
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1 || days >= kWarnedDays)
    return {};
  return "expires in " + std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string warning_of_end(X509* certificate) {
  const std::string end = text_of_near_end(certificate);
  return end.empty() ? end : ", " + end + ": renew it in time";
}

}  // namespace sesam::cli
