// SPDX-License-Identifier: Apache-2.0
// The certificate of a key, from the directory that the setting `certificates` names.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/output.h"
#include "cli/session.h"
#include "keymgmt/key.h"
#include "ossl/handles.h"

namespace sesam::cli {

struct KeyCertificate {
  std::string directory;                     ///< empty: `certificates` is not set
  std::vector<ossl::X509Certificate> chain;  ///< the key's own first; empty: none in the directory
};

/// Finds the certificate as the provider does. Raises bad_configuration, out_of_memory.
Result<KeyCertificate> certificate_of(const Session& session, const keymgmt::KeyData& key);

/// For text output: subject, issuer, validity, fingerprint and chain length; empty without a directory.
using Pairs = std::vector<std::pair<std::string, std::string>>;
Pairs pairs_of(const KeyCertificate& certificate);

/// For each certificate of the chain: subject, issuer, serial, not_before, not_after, sha256.
Json json_of(const KeyCertificate& certificate);

}  // namespace sesam::cli
