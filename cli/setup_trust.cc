// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_trust.h"

#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/file.h"
#include "base/hex.h"
#include "cli/certificate_facts.h"
#include "cli/doctor.h"
#include "cli/endpoint.h"
#include "cli/files.h"
#include "cli/tls_look.h"
#include "ossl/encodings.h"

namespace sesam::cli::setup {
namespace {

constexpr std::size_t kFingerprintDigits = 64;  // SHA-256

std::string pem_of(const std::vector<Certificate>& certificates) {
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  for (const auto& one : certificates)
    if (!memory || PEM_write_bio_X509(memory.get(), one.get()) != 1) return {};
  return memory ? std::string(ossl::text_in(memory.get())) : std::string();
}

// Accepts "SHA256 Fingerprint=AB:CD…" as openssl prints it, "SHA-256 ABCD…" as the doctor does, or only the
// digits.
std::string digits_of(const std::string& fingerprint) {
  std::string digits = fingerprint.substr(fingerprint.find('=') + 1);  // npos + 1 is 0
  for (const char* head : {"SHA256", "SHA-256", "sha256", "sha-256"})
    if (digits.starts_with(head)) digits.erase(0, std::char_traits<char>::length(head));
  std::erase_if(digits, [](char c) { return c == ':' || c == ' ' || c == '-'; });
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return digits;
}

std::string with_colons(const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); i += 2) text += (i == 0 ? "" : ":") + digits.substr(i, 2);
  return text;
}

// Returns nothing for a file that other users can write: it cannot be trusted.
std::string contents_if_safe(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  if ((status.st_uid != 0 && status.st_uid != ::geteuid()) || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return {};
  const auto text = read_file(path);
  return std::holds_alternative<Secret>(text) ? std::string(std::get<Secret>(text).reveal()) : std::string();
}

Result<Peer> peer_at(const Endpoint& endpoint, const std::string& trusted_pem, unsigned timeout_ms) {
  SESAM_TRY(addresses, resolve(endpoint, timeout_ms));
  SESAM_TRY(socket, connect_to(addresses, endpoint, timeout_ms));
  transport::Options options;
  options.ca_pem = trusted_pem;
  options.connect_timeout_ms = timeout_ms;
  auto peer = look_at(socket, endpoint, options);
  if (peer && !peer->certificate)
    return Error{Reason::tls_failed,
                 endpoint.host + " port " + endpoint.port + ": the device presented no certificate"};
  return peer;
}

std::string place_of(const Endpoint& endpoint) {
  return endpoint.name + (endpoint.host == endpoint.name ? "" : " (" + endpoint.host + ")") + " port " +
         endpoint.port;
}

void show(X509* certificate, const Endpoint& endpoint) {
  const std::string digits = with_colons(fingerprint_of(certificate));
  const std::string names = alternative_names(certificate);
  const std::string end = text_of_near_end(certificate);
  const std::pair<const char*, std::string> facts[] = {
      {"Subject", subject_of(certificate)},
      {"Names", names.empty() ? "none except the subject's" : names},
      {"Issuer", is_self_signed(certificate) ? "itself" : issuer_of(certificate)},
      {"Valid", "from " + start_of(certificate) + " until " + end_of(certificate)},
      {"Warning", end.empty() ? end : end + ": " + kCureForNearEnd},
      {"SHA-256", digits.substr(0, digits.size() / 2 + 1)},
      {"", digits.substr(digits.size() / 2 + 1)}};
  std::string text = "\nThe certificate of " + printable(place_of(endpoint)) + ":\n\n";
  for (const auto& [name, value] : facts)
    if (!value.empty())
      text += "  " + std::string(name) + std::string(10 - std::char_traits<char>::length(name), ' ') +
              printable(value) + '\n';
  explain_question(
      text +
      "\nCompare the SHA-256 fingerprint with the one that the device shows, on its display or in its "
      "web\n"
      "interface. If they differ, do not continue: user and password would be sent to another machine.\n\n");
}

class Trust {
 public:
  static Result<Trust> from(const Arguments& arguments, const std::string& earlier) {
    Trust trust;
    for (const auto& text : arguments.fingerprints) {
      trust.fingerprints_.push_back(digits_of(text));
      if (const auto& digits = trust.fingerprints_.back();
          digits.size() != kFingerprintDigits || !is_hex(digits))
        return Error{Reason::bad_argument, "--fingerprint: expected SHA-256, 64 hexadecimal digits"};
    }
    if (!arguments.tlscert.empty()) {
      SESAM_TRY(pem, read_whole(arguments.tlscert));
      trust.given_ = certificates_in(pem);
      if (trust.given_.empty())
        return Error{Reason::bad_argument, arguments.tlscert + ": holds no PEM certificate"};
    }
    trust.earlier_text_ = contents_if_safe(earlier);
    trust.earlier_ = certificates_in(trust.earlier_text_);
    trust.earlier_path_ = earlier;
    return trust;
  }

  /// The certificates that the peer's certificate is verified against.
  std::string pem() const { return pem_of(given_.empty() ? earlier_ : given_); }

  /// X509_V_OK if programs would accept the dates of the certificate, and of its issuers in --tlscert.
  long verdict_on_dates(const Peer& peer) const {
    if (!given_.empty() && is_outdated(peer.verdict)) return peer.verdict;
    if (has_ended(peer.certificate.get())) return X509_V_ERR_CERT_HAS_EXPIRED;
    return has_begun(peer.certificate.get()) ? X509_V_OK : X509_V_ERR_CERT_NOT_YET_VALID;
  }

  /// Why the certificate is trusted. Raises certificate_outdated, without asking, if verdict_on_dates() says
  /// so.
  Result<std::string> judge(const Peer& peer, const Endpoint& endpoint) {
    X509* certificate = peer.certificate.get();
    auto why = reason_for(peer, endpoint);
    if (why && !holds(trusted_, certificate)) {
      X509_up_ref(certificate);
      trusted_.emplace_back(certificate);
    }
    return why;
  }

  /// Whether this very certificate is trusted, not only a CA that issued it.
  bool is_pinned(X509* certificate) const {
    return !given_.empty()
               ? holds(given_, certificate)
               : !fingerprints_.empty() || is_confirmed(certificate) || holds(earlier_, certificate);
  }

  /// The certificates for `tlscert`. Keeps the text of an earlier run if that is enough.
  std::string certificates() const {
    if (!given_.empty()) return pem_of(given_);
    const bool is_enough =
        !earlier_.empty() && std::all_of(trusted_.begin(), trusted_.end(), [&](const auto& one) {
          return holds(earlier_, one.get()) || (fingerprints_.empty() && !is_confirmed(one.get()));
        });
    return is_enough ? earlier_text_ : pem_of(trusted_);
  }

 private:
  bool is_confirmed(X509* certificate) const { return holds(confirmed_, certificate); }

  Result<std::string> reason_for(const Peer& peer, const Endpoint& endpoint) {
    X509* certificate = peer.certificate.get();
    const std::string digits = fingerprint_of(certificate);
    const auto refused = [&](const std::string& why) {
      return Error{Reason::certificate_not_trusted, place_of(endpoint) + ": " + why + "; it showed " +
                                                        description_of(certificate) +
                                                        ": user and password were not sent"};
    };
    if (!fingerprints_.empty() &&
        std::find(fingerprints_.begin(), fingerprints_.end(), digits) == fingerprints_.end())
      return refused("the certificate does not have the fingerprint of --fingerprint");
    if (!given_.empty() && peer.verdict != X509_V_OK && !is_outdated(peer.verdict))
      return refused("by --tlscert: " + std::string(X509_verify_cert_error_string(peer.verdict)));
    if (verdict_on_dates(peer) != X509_V_OK) return Error{Reason::certificate_outdated, place_of(endpoint)};
    if (!fingerprints_.empty()) return "SHA-256 " + digits + ", as in --fingerprint";
    if (!given_.empty())
      return std::string(holds(given_, certificate) ? "the one in" : "issued by a CA in") + " --tlscert";
    if (holds(earlier_, certificate) || (!earlier_.empty() && peer.verdict == X509_V_OK))
      return "already trusted: " + earlier_path_;
    if (is_confirmed(certificate)) return std::string("the same");
    return ask(certificate, endpoint, refused);
  }

  template <class Refused>
  Result<std::string> ask(X509* certificate, const Endpoint& endpoint, const Refused& refused) {
    if (!has_terminal())
      return refused(
          "there is no terminal to ask whether the certificate is the device's: give --fingerprint, with "
          "the SHA-256 fingerprint that the device shows, or --tlscert FILE");
    show(certificate, endpoint);
    // The fingerprint is part of the question, because stderr may be a file.
    const auto answer = ask_text("Does the device show SHA-256 " + with_colons(fingerprint_of(certificate)) +
                                 "? Type yes to trust it");
    if (answer != "yes") return refused("not confirmed");
    X509_up_ref(certificate);
    confirmed_.emplace_back(certificate);
    return "SHA-256 " + fingerprint_of(certificate) + ", confirmed by you";
  }

  std::vector<std::string> fingerprints_;
  std::vector<Certificate> given_;  // by --tlscert
  std::string earlier_text_, earlier_path_;
  std::vector<Certificate> earlier_;    // by an earlier run
  std::vector<Certificate> confirmed_;  // by the user
  std::vector<Certificate> trusted_;    // sent by the devices
};

// Prompts for an address if the name is not in DNS, which is common.
Result<Peer> peer_of_node(Node& node, const Endpoint& endpoint, const std::string& pem, unsigned timeout_ms) {
  auto peer = peer_at(endpoint, pem, timeout_ms);
  if (peer || peer.error().reason != Reason::cannot_resolve || !node.address.empty() || !has_terminal())
    return peer;
  const auto address = ask_text("The name " + endpoint.name + " cannot be resolved. Address to connect to");
  if (!address) return peer;
  node.address = *address;
  return peer_at(endpoint_of(node.url, node.address), pem, timeout_ms);
}

// For a device that was given by its address, or by a name that is not in its certificate.
Result<void> fit_name(Node& node, const Endpoint& endpoint, X509* certificate, bool is_pinned,
                      Checkup& checkup) {
  const std::string name = host_name_in(certificate);
  if (!is_pinned || !node.address.empty() || name.empty())
    return Error{Reason::host_name_mismatch, endpoint.name + ": " + description_of(certificate)};
  const bool is_v6 = endpoint.host.find(':') != endpoint.host.npos;
  node.url = "https://" + name + (endpoint.port == "443" ? "" : ":" + endpoint.port);
  node.address = is_v6 ? "[" + endpoint.host + "]" : endpoint.host;
  checkup.good("name", "the certificate is for " + name + ", so url is " + node.url + " and address is " +
                           node.address);
  return {};
}

// False: programs would not accept the dates of a certificate.
Result<bool> trust_node(Node& node, Trust& trust, unsigned timeout_ms, Checkup& checkup) {
  for (const auto& endpoint : endpoints_of(node.url, node.address)) {
    SESAM_TRY(peer, peer_of_node(node, endpoint, trust.pem(), timeout_ms));
    X509* certificate = peer.certificate.get();
    const auto why = trust.judge(peer, endpoint);
    if (!why && why.error().reason == Reason::certificate_outdated) {
      report_outdated(certificate, trust.verdict_on_dates(peer), checkup);
      return false;
    }
    if (!why) return why.error();
    checkup.good("trust", place_of(endpoint) + ": " + *why);
    if (!peer.name_fits)
      SESAM_CHECK(fit_name(node, endpoint, certificate, trust.is_pinned(certificate), checkup));
  }
  return true;
}

}  // namespace

Result<std::optional<std::string>> trust_nodes(std::vector<Node>& nodes, const Arguments& arguments,
                                               const std::string& earlier, unsigned timeout_ms,
                                               Checkup& checkup) {
  SESAM_TRY(trust, Trust::from(arguments, earlier));
  for (Node& node : nodes) {
    SESAM_TRY(is_trusted, trust_node(node, trust, timeout_ms, checkup));
    if (!is_trusted) return std::optional<std::string>();
  }
  std::string pem = trust.certificates();
  if (pem.empty()) return Error{Reason::out_of_memory, {}};
  return std::optional(std::move(pem));
}

}  // namespace sesam::cli::setup
