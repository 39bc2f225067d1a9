// SPDX-License-Identifier: Apache-2.0
// The checks of `sesam doctor`, in the order in which it runs them.
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

/// Checks that `user` (null: this process's user) can read openssl.cnf, and its settings for OpenSSL itself:
/// steps "configuration file", "provider's section", "default provider", "pkcs11: URIs", "default
/// properties". Returns the name of sesam's section, or nothing.
std::optional<std::string> check_openssl_cnf(const Session& session, const Result<config::OpensslCnf>& cnf,
                                             const User* user, Checkup& checkup);

/// Checks which provider serves pkcs11: URIs if pkcs11-provider is loaded, too: step "pkcs11: URIs".
void check_pkcs11_uris(const config::OpensslCnf& cnf, const std::string& section, Checkup& checkup);

/// Checks sesam.so as OpenSSL would find and load it: steps "module", "libcrypto". Loads it as `user` (null:
/// this process's user), and only if no other user can change it. Returns its path; empty if it is missing.
std::string check_module(const config::OpensslCnf& cnf, const std::string& section, const User* user,
                         Checkup& checkup);

/// Which files cannot be used, as far as later steps depend on them.
struct FileFindings {
  bool can_read_settings = true;  ///< as this process
  bool can_write_audit = true;
};

/// Checks that `user` (null: this process's user) can use the files that settings name: steps "files", "log
/// file", "audit file", "metrics file".
FileFindings check_files(const User* user, const std::string& module, const config::Values& values,
                         Checkup& checkup);

/// Checks that openssl.cnf and named.cnf in one directory, as `sesam setup` writes them, have the same
/// settings: step "named's copy". `path` names either of them.
void check_named_copy(const std::string& path, Checkup& checkup);

/// Checks the client certificate and its key, if set: step "client certificate". Returns false if the
/// provider cannot use them.
bool check_client_certificate(const transport::Options& options, Checkup& checkup);

/// Reports, as step "certificate", that the device's certificate or that of its issuer is not valid at this
/// time; `verdict` says why (is_outdated()).
void report_outdated(X509* came, long verdict, Checkup& checkup);
/// What to do about a certificate of the device that expires soon.
inline constexpr char kCureForNearEnd[] =
    "renew it, and add the new one to 'tlscert' before the old one ends";

enum class HttpVersion : std::uint8_t { http1, http2 };

/// Checks one node (an index into `urls`) up to TLS, at each of its addresses: steps "host name",
/// "connection", "certificate", "HTTP". Returns HTTP/1.1 if one of the addresses uses it; nothing if the
/// provider could use none of the addresses.
std::optional<HttpVersion> check_connection(const transport::Options& options, std::size_t node,
                                            Checkup& checkup);

/// Finds how many concurrent connections the device allows: step "connections".
void check_limit(n200::Device& device, HttpVersion http, Checkup& checkup);

/// Input of check_device(), and its findings that matter for the next node.
struct Questions {
  std::string key;               ///< the key to sign with; empty: none
  std::string pass_hint;         ///< why OpenSSL may read another password than the user wrote; else empty
  std::string pin_hint;          ///< the same for the PIN
  std::string key_id;            ///< of the key with that name on an earlier node
  std::string why_not_to_sign;   ///< empty: sign
  bool is_pin_rejected = false;  ///< by an earlier node: another attempt may lock the key
};

/// Checks the device's replies: steps "access by GET", "clock", "connections", and "key" and "signature" if a
/// key is named, otherwise "access by POST". Updates `questions` for the next node. Returns false if the
/// device did not reply.
bool check_device(const std::shared_ptr<n200::Device>& device, HttpVersion http, Questions& questions,
                  Checkup& checkup);

/// Checks the directory that 'certificates' names: step "certificates". `device` is null if none replied.
void check_certificates(const std::string& directory, n200::Device* device, Checkup& checkup);

/// Checks that `user` (null: this process's user) can use the K files with labels in a directory, or in the
/// key directories of a named.conf: step "K files". Returns the K*.private files.
std::vector<std::string> check_bind_files(const std::string& path, const User* user, Checkup& checkup);
/// Checks that the labels of `files` name the keys of their DNSKEY records: step "K files' keys".
void check_bind_keys(const std::vector<std::string>& files, n200::Device* device, Checkup& checkup);

/// A complete openssl.cnf with these settings. Secrets are replaced by settings that name files for them.
std::string example_configuration(const config::Values& values, const std::string& module);

}  // namespace sesam::cli
