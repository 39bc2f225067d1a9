// SPDX-License-Identifier: Apache-2.0
// The parts of `sesam doctor`, in the order in which it looks.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/checkup.h"
#include "cli/child.h"
#include "cli/session.h"
#include "config/configuration.h"
#include "config/openssl_cnf.h"
#include "n200/device.h"

namespace sesam::cli {

/// The file, as `user` (null: this process's) can read it, and what it says to OpenSSL itself: steps
/// "configuration file", "provider's section", "default provider", "pkcs11: URIs", "default properties". The
/// name of our section; nothing where there is none.
std::optional<std::string> check_openssl_cnf(const Session& session, const Result<config::OpensslCnf>& cnf,
                                             const User* user, Checkup& checkup);

/// Whose they are where pkcs11-provider is loaded, too: step "pkcs11: URIs". `section` is ours.
void check_pkcs11_uris(const config::OpensslCnf& cnf, const std::string& section, Checkup& checkup);

/// sesam.so, as OpenSSL would find and load it: steps "module", "libcrypto". It is loaded as `user` (null:
/// this process's), and only if no other user can change it. Returns its path.
std::string check_module(const config::OpensslCnf& cnf, const std::string& section, const User* user,
                         Checkup& checkup);

/// Which files cannot be used, as far as later steps depend on them.
struct FileFindings {
  bool can_read_settings = true;  ///< as this process
  bool can_write_audit = true;
};

/// The files that settings name, as `user` (null: this process's) can use them: steps "files", "log file",
/// "audit file", "metrics file".
FileFindings check_files(const User* user, const std::string& module, const config::Values& values,
                         Checkup& checkup);

/// Whether openssl.cnf and named.cnf in one directory, as `sesam setup` writes them, have the same settings:
/// step "named's copy". `path` is that of either.
void check_named_copy(const std::string& path, Checkup& checkup);

/// The pair that is shown to the device, if there is one: step "client certificate". False if the provider
/// cannot use it.
bool check_client_certificate(const transport::Options& options, Checkup& checkup);

/// Reports, as step "certificate", that the device's certificate or that of its issuer is not valid at this
/// time; `verdict` says why (is_outdated()).
void report_outdated(X509* came, long verdict, Checkup& checkup);
/// What to do about a certificate of the device that expires soon.
inline constexpr char kCureForNearEnd[] =
    "renew it, and add the new one to 'tlscert' before the old one ends";

enum class HttpVersion : std::uint8_t { http1, http2 };

/// One appliance (an index into `urls`) as far as TLS, at each of its addresses: steps "host name",
/// "connection", "certificate", "HTTP". Returns what it speaks: HTTP/1.1 if one of its addresses does.
/// Nothing if it could not be reached in a way that the provider would accept.
std::optional<HttpVersion> check_connection(const transport::Options& options, std::size_t node,
                                            Checkup& checkup);

/// How many connections at a time it allows: step "connections".
void check_limit(n200::Device& device, HttpVersion http, Checkup& checkup);

/// What the device is asked, besides the time.
struct Questions {
  std::string key;              ///< sign with it; empty: none
  std::string pass_hint;        ///< why openssl.cnf may hold another password than the user wrote; else empty
  std::string pin_hint;         ///< the same for the PIN
  std::string key_id;           ///< of the key that an earlier node has by that name
  std::string why_not_to_sign;  ///< empty: sign
  bool is_pin_rejected = false;  ///< by an earlier node: another try may lock the key
};

/// The device's own answers: steps "access by GET", "clock", "connections", and by the key "key" and
/// "signature", or else "access by POST". Notes in `questions` what matters for the next node. False if the
/// device did not answer.
bool check_device(const std::shared_ptr<n200::Device>& device, HttpVersion http, Questions& questions,
                  Checkup& checkup);

/// The directory that 'certificates' names: step "certificates". `device` is null if there is none to ask.
void check_certificates(const std::string& directory, n200::Device* device, Checkup& checkup);

/// The K files with a label in a directory, or in those of a named.conf, which `user` (null: this process's)
/// must be able to use: step "K files". Returns the K*.private ones.
std::vector<std::string> check_bind_files(const std::string& path, const User* user, Checkup& checkup);
/// Whether their labels name the keys of their DNSKEY records: step "K files' keys".
void check_bind_keys(const std::vector<std::string>& files, n200::Device* device, Checkup& checkup);

/// A whole openssl.cnf with these settings. Secrets are replaced by a file to put them into.
std::string example_configuration(const config::Values& values, const std::string& module);

}  // namespace sesam::cli
