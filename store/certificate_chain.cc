// SPDX-License-Identifier: Apache-2.0
#include "store/certificate_chain.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::store {
namespace {

using Chosen = std::vector<const Certificate*>;

constexpr std::size_t kMaxChain = 16;  // longer than any chain in use

ossl::X509Certificate parsed(const Certificate& certificate) {
  X509* made = X509_new_ex(ossl::private_libctx(), nullptr);
  const unsigned char* at = certificate.der.data();
  if (made != nullptr) d2i_X509(&made, &at, static_cast<long>(certificate.der.size()));
  return ossl::X509Certificate(made);
}

ossl::X509Name name_of(std::span<const unsigned char> der) {
  const unsigned char* at = der.data();
  return ossl::X509Name(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
}

bool has_subject(const Certificate& certificate, const X509_NAME* subject) {
  const auto own = name_of(certificate.subject);
  return own && subject != nullptr && X509_NAME_cmp(own.get(), subject) == 0;
}

bool is_better(const Certificate& one, const Certificate& other, std::time_t now) {
  const auto rank = [now](const Certificate& certificate) {
    return std::tuple(certificate.is_valid_at(now), certificate.not_before, certificate.not_after);
  };
  return rank(one) > rank(other);
}

const Certificate* best_of(const Chosen& candidates, std::time_t now) {
  const Certificate* best = nullptr;
  for (const Certificate* one : candidates)
    if (best == nullptr || is_better(*one, *best, now)) best = one;
  return best;
}

// The signature decides. If OpenSSL does not know its algorithm, the key identifiers must agree.
bool issued(X509* issuer, X509* subject) {
  if (X509_check_issued(issuer, subject) != X509_V_OK) return false;
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const int verified = key == nullptr ? -1 : X509_verify(subject, key);
  if (verified >= 0) return verified == 1;
  const auto* named = X509_get0_authority_key_id(subject);
  const auto* own = X509_get0_subject_key_id(issuer);
  return named != nullptr && own != nullptr && ASN1_OCTET_STRING_cmp(named, own) == 0;
}

Chosen issuers_of(const Certificate& certificate, const Certificates& all) {
  Chosen issuers;
  const auto subject = parsed(certificate);
  if (!subject || issued(subject.get(), subject.get())) return issuers;
  for (const auto& one : all) {
    if (one.subject_hash != certificate.issuer_hash || one.der == certificate.der) continue;
    const auto issuer = parsed(one);
    if (issuer && issued(issuer.get(), subject.get())) issuers.push_back(&one);
  }
  return issuers;
}

Chosen of_key(const EVP_PKEY* key, const Certificates& all) {
  Chosen found;
  const std::string identity = identity_of(key);
  for (const auto& one : all)
    if (!identity.empty() && one.key == identity) found.push_back(&one);
  return found;
}

Chosen chain_from(const Certificate* first, const Certificates& all, std::time_t now) {
  Chosen chain;
  for (const Certificate* next = first; next != nullptr && chain.size() < kMaxChain;) {
    chain.push_back(next);
    Chosen issuers = issuers_of(*next, all);
    std::erase_if(issuers, [&](const Certificate* one) {  // two CAs may have certified each other
      return std::any_of(chain.begin(), chain.end(),
                         [&](const Certificate* had) { return had->der == one->der; });
    });
    next = best_of(issuers, now);
  }
  return chain;
}

CertificateList der_of(const Chosen& chosen) {
  CertificateList list;
  for (const Certificate* one : chosen)
    if (std::find(list.begin(), list.end(), one->der) == list.end()) list.push_back(one->der);
  return list;
}

}  // namespace

CertificateList chain_of(const EVP_PKEY* key, const Certificates& all, std::time_t now) {
  return der_of(chain_from(best_of(of_key(key, all), now), all, now));
}

CertificateList chain_of_with_subject(const EVP_PKEY* key, std::span<const unsigned char> subject,
                                      const Certificates& all, std::time_t now) {
  Chosen candidates = of_key(key, all);
  const Chosen chain = chain_from(best_of(candidates, now), all, now);
  std::sort(candidates.begin(), candidates.end(),
            [now](const Certificate* one, const Certificate* other) { return is_better(*one, *other, now); });
  candidates.insert(candidates.end(), chain.begin(), chain.end());
  const auto name = name_of(subject);
  std::erase_if(candidates, [&](const Certificate* one) { return !has_subject(*one, name.get()); });
  return der_of(candidates);
}

CertificateList with_subject(std::span<const unsigned char> subject, const Certificates& all) {
  Chosen found;
  const auto name = subject.empty() ? nullptr : name_of(subject);
  for (const auto& one : all)
    if (subject.empty() || has_subject(one, name.get())) found.push_back(&one);
  return der_of(found);
}

}  // namespace sesam::store
