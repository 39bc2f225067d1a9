// SPDX-License-Identifier: Apache-2.0
#include "cli/key_certificate.h"

#include <ctime>

#include "base/hex.h"
#include "cli/certificate_facts.h"
#include "config/configuration.h"
#include "ossl/crypto.h"
#include "ossl/encodings.h"
#include "store/certificate_chain.h"
#include "store/certificate_directories.h"

namespace sesam::cli {
namespace {

// In the form of RFC 2253, but without escapes for non-ASCII characters.
std::string text_of(const X509_NAME* name) {
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
    return {};
  return std::string(ossl::text_in(memory.get()));
}

std::string text_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[32];
  if (ASN1_TIME_to_tm(time, &parts) != 1 ||
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
    return {};
  return text;
}

std::string serial_of(X509* certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  return to_hex(
      std::span(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))));
}

std::string remark_on_validity(X509* certificate) {
  if (!has_begun(certificate)) return " (not yet valid)";
  if (has_ended(certificate)) return " (expired)";
  const std::string end = text_of_near_end(certificate);
  return end.empty() ? end : " (" + end + ")";
}

}  // namespace

Result<KeyCertificate> certificate_of(const Session& session, const keymgmt::KeyData& key) {
  SESAM_TRY(collected, session.collect());
  SESAM_TRY(configuration, config::build_configuration(collected.values));
  KeyCertificate found{configuration.certificates, {}};
  if (found.directory.empty()) return found;
  SESAM_TRY(log, Log::open(configuration.log_level, configuration.log_output));
  const auto all = process_state<store::CertificateDirectories>().read(found.directory, *log);
  for (const Bytes& der : store::chain_of(key.public_key.get(), *all, std::time(nullptr))) {
    const unsigned char* data = der.data();
    X509* parsed = X509_new_ex(ossl::private_libctx(), nullptr);
    if (parsed == nullptr || d2i_X509(&parsed, &data, static_cast<long>(der.size())) == nullptr)
      return Error{Reason::out_of_memory, {}};
    found.chain.emplace_back(parsed);
  }
  return found;
}

Pairs pairs_of(const KeyCertificate& certificate) {
  if (certificate.directory.empty()) return {};
  if (certificate.chain.empty()) return {{"Certificate", "none in " + certificate.directory}};
  X509* own = certificate.chain.front().get();
  return {{"Certificate", text_of(X509_get_subject_name(own))},
          {"Issuer", text_of(X509_get_issuer_name(own))},
          {"Valid", text_of(X509_get0_notBefore(own)) + " to " + text_of(X509_get0_notAfter(own)) +
                        remark_on_validity(own)},
          {"SHA-256", fingerprint_of(own)},
          {"Chain", std::to_string(certificate.chain.size()) +
                        (certificate.chain.size() == 1 ? " certificate" : " certificates")}};
}

Json json_of(const KeyCertificate& certificate) {
  Json chain = Json::array();
  for (const auto& one : certificate.chain)
    chain.push_back({{"subject", text_of(X509_get_subject_name(one.get()))},
                     {"issuer", text_of(X509_get_issuer_name(one.get()))},
                     {"serial", serial_of(one.get())},
                     {"not_before", text_of(X509_get0_notBefore(one.get()))},
                     {"not_after", text_of(X509_get0_notAfter(one.get()))},
                     {"sha256", fingerprint_of(one.get())}});
  return chain;
}

}  // namespace sesam::cli
