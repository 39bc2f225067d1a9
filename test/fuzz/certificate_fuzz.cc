// SPDX-License-Identifier: Apache-2.0
// Files in the directory of the setting `certificates`,
// and the chains that are built from their certificates.
#include "store/certificate.h"

#include <openssl/x509.h>

#include "promise.h"
#include "store/certificate_chain.h"

namespace {

using sesam::fuzz::promise;
using namespace sesam::store;

// A chain starts with a certificate of the key, and contains
// no duplicates and nothing that was not in the file.
void check_chain(const Certificate& own, const Certificates& all) {
  const unsigned char* der = own.der.data();
  X509* parsed = d2i_X509(nullptr, &der, static_cast<long>(own.der.size()));
  promise(parsed != nullptr, "a certificate that is kept can be parsed");
  const auto chain = chain_of(X509_get0_pubkey(parsed), all, own.not_before);
  X509_free(parsed);
  promise(own.key.empty() || !chain.empty(), "a key finds its own certificate");
  promise(chain.size() <= all.size(), "a chain is no longer than what there is");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto certificates = certificates_in(sesam::fuzz::text_of(data, size));
  for (const auto& certificate : certificates) {
    promise(!certificate.der.empty(), "a certificate has a DER form");
    check_chain(certificate, certificates);
    promise(!with_subject(certificate.subject, certificates).empty(),
            "a certificate is found by its subject");
  }
  return 0;
}
