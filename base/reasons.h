// SPDX-License-Identifier: Apache-2.0
// The list of all errors: OpenSSL reason codes, their texts, and the advice that follows each.
#pragma once

namespace sesam {

// X(symbol, reason text, advice). The texts become OpenSSL's reason strings
// (provider-base(7)); the advice ends each message, so that a reader of the
// error stack knows what to do. Append only: the position is the code.
#define SESAM_REASONS(X)                                                                                    \
  X(out_of_memory, "out of memory", "")                                                                     \
  X(internal, "internal error", "please report this")                                                       \
  X(bad_argument, "invalid argument", "")                                                                   \
  X(bad_configuration, "invalid configuration", "correct it in openssl.cnf, see OSSL_PROVIDER-sesam(7)")    \
  X(wrong_libcrypto, "libcurl uses another libcrypto",                                                      \
    "install the libcurl that is built with the same OpenSSL as this provider")                             \
  X(bad_uri, "invalid key URI", "see 'URIs' in OSSL_PROVIDER-sesam(7)")                                     \
  X(pin_source_unreadable, "PIN source cannot be read", "check the path and its permissions")               \
  X(unknown_key, "unknown key", "'openssl storeutl sesam:' lists every key")                                \
  X(several_keys_match, "several keys match", "name one of them by its key_id: sesam:key-id=...")           \
  X(key_attribute_mismatch, "the URI does not match the key",                                               \
    "correct the URI: 'openssl storeutl sesam:' prints one for every key")                                  \
  X(unsupported_key, "unsupported key", "see KEYS in OSSL_PROVIDER-sesam(7) for the supported types")       \
  X(key_replaced, "key was replaced on the device", "open the key again")                                   \
  X(pin_missing, "PIN missing",                                                                             \
    "set 'pin' in openssl.cnf, give pin-value or pin-source in the URI, "                                   \
    "or store the PIN on the device")                                                                       \
  X(wrong_pin, "wrong PIN",                                                                                 \
    "correct the PIN in the URI or in openssl.cnf and restart the program; this process does not send it "  \
    "again, as the device may lock the key")                                                                \
  X(access_denied, "access denied",                                                                         \
    "either 'user'/'pass' in openssl.cnf is wrong, or this user has no access rule for the interface: in "  \
    "the device's web UI, add an access rule that allows this user HTTP POST and HTTP GET")                 \
  X(certificate_not_trusted, "the device's certificate is not trusted",                                     \
    "'tlscert' must name a PEM file with the device's own certificate, or with the CA that issued it")      \
  X(host_name_mismatch, "the device's certificate is for another host name",                                \
    "use a name of the certificate in 'url' (CN only if it has no other), 'address' for where to connect")  \
  X(cannot_resolve, "host name cannot be resolved", "correct 'url', or set 'address' in openssl.cnf")       \
  X(cannot_connect, "cannot connect", "check 'url' and 'address', the network and that the device is up")   \
  X(timed_out, "timed out", "the device did not respond in time; see request_timeout_ms and deadline_ms")   \
  X(connection_lost, "connection lost", "check the network, and that the device is up")                     \
  X(tls_failed, "TLS failed", "check that 'url' names the device's HTTPS interface")                        \
  X(http_status, "unexpected HTTP status", "check that 'url' names an N200, and the wire_... settings")     \
  X(bad_reply, "reply cannot be used", "check that 'url' names an N200, and the wire_... settings")         \
  X(reply_field_missing, "reply lacks a field", "check the wire_... settings against the vendor's manual")  \
  X(bad_signature_length, "signature of the wrong length",                                                  \
    "check the wire_... settings against the vendor's manual")                                              \
  X(reply_too_large, "reply too large", "for listings see max_listing_mib")                                 \
  X(device_error, "the device reported an error", "see the device message")                                 \
  X(too_many_requests, "too many requests", "raise max_in_flight or deadline_ms")                           \
  X(stopped, "the provider is shutting down", "")                                                           \
  X(unsupported_digest, "unsupported digest", "")                                                           \
  X(digest_mismatch, "digest of the wrong length", "")                                                      \
  X(not_offered, "operation not offered", "this provider only signs; see OSSL_PROVIDER-sesam(7)")           \
  X(buffer_too_small, "buffer too small", "")                                                               \
  X(public_key_only, "not a private key", "the URI asks for type=public")                                   \
  X(bad_signature, "invalid signature", "")                                                                 \
  X(bad_public_key, "invalid public key", "")                                                               \
  X(key_exists, "a key of that name exists",                                                                \
    "choose another name, or delete the existing key first; BIND gives all keys that it generates in one "  \
    "second the same name, so add the algorithms of a policy one at a time")                                \
  X(unknown_command, "the device does not know the command",                                                \
    "check the wire_... settings against the vendor's manual; if it is a signing command, "                 \
    "'sesam discover' finds its name")                                                                      \
  X(unsupported_scheme, "unsupported signature scheme", "see SIGNATURES in OSSL_PROVIDER-sesam(7)")         \
  X(key_file_unusable, "key file cannot be imported",                                                       \
    "it must be a private EC key in PEM, in DER or in BIND's K*.private; only 'sesam import' takes a "      \
    "passphrase")                                                                                           \
  X(wrong_core, "not in that core",                                                                         \
    "correct 'core' in openssl.cnf or in the URI: the device's cores are numbered from 1")                  \
  X(process_limit, "the process has reached a resource limit",                                              \
    "raise its limit of open files or threads: see ulimit -n and -u, and systemd's LimitNOFILE= and "       \
    "TasksMax=")                                                                                            \
  X(not_responding, "the device does not respond",                                                          \
    "check the device and the network; requests are sent again as soon as it responds")                     \
  X(outcome_unknown, "no response received",                                                                \
    "the device may have carried out the request; look for the key before you retry, for example with "     \
    "'sesam list'")                                                                                         \
  X(no_access_rule, "access denied",                                                                        \
    "'user' and 'pass' are right, as other requests were authorized; this user has no access rule for the " \
    "interface: in the device's web UI, add an access rule that allows this user HTTP POST and HTTP GET; "  \
    "or the key's own access list forbids it")                                                              \
  X(certificate_outdated, "the device's certificate is not valid at this time",                             \
    "renew the device's certificate and replace it in 'tlscert', or correct the clock of this machine")     \
  X(other_key_made, "the device did not make the requested key",                                            \
    "this process generates no further key of that name; find out what the device did, for example with "   \
    "'sesam list'")                                                                                         \
  X(no_certificate, "no certificate",                                                                       \
    "put the certificate, as a PEM file, into the directory that 'certificates' in openssl.cnf names")      \
  X(audit_failed, "the audit record cannot be written",                                                     \
    "free space for the file that 'audit_output' names, and let this program write to it, or set "          \
    "audit_required = no")                                                                                  \
  X(deletion_incomplete, "not deleted from all nodes",                                                      \
    "until it is deleted there too, a node that has the key signs with it: repeat the deletion when all "   \
    "nodes respond, or use that node's web UI")                                                             \
  X(device_busy, "the device is busy",                                                                      \
    "try again later; if it happens often, lower 'connections', 'streams' or 'max_in_flight', or raise "    \
    "'deadline_ms'")                                                                                        \
  X(server_error, "the device, or a proxy, failed",                                                         \
    "check the device, and any proxy or load balancer between it and this machine")

enum class Reason : int {
  none = 0,
#define X(symbol, text, advice) symbol,
  SESAM_REASONS(X)
#undef X
};

/// The last reason in the list.
constexpr Reason kLastReason = [] {
  Reason last = Reason::none;
#define X(symbol, text, advice) last = Reason::symbol;
  SESAM_REASONS(X)
#undef X
  return last;
}();

/// The symbol in the list above, for programs: "wrong_pin". "none" if there is no error.
const char* name_of(Reason reason) noexcept;
/// The reason text; never empty.
const char* text_of(Reason reason) noexcept;
/// The advice; may be empty.
const char* advice_for(Reason reason) noexcept;

}  // namespace sesam
