// SPDX-License-Identifier: Apache-2.0
#include "cli/advice.h"

namespace sesam::cli {
namespace {

Audience chosen_audience = Audience::command;

// Returns null if the provider's advice applies.
const char* words_for_setup(Reason reason) {
  switch (reason) {
    case Reason::bad_configuration:
      return "to list the options, run: sesam setup --help";
    case Reason::cannot_resolve:
      return "correct the name in --url, or give the device's address with --address";
    case Reason::cannot_connect:
    case Reason::timed_out:
    case Reason::connection_lost:
    case Reason::not_responding:
      return "check the name in --url, the address in --address, the network, and that the device is up";
    case Reason::tls_failed:
      return "check that --url and --address lead to the device's HTTPS interface";
    case Reason::http_status:
    case Reason::bad_reply:
      return "check that --url and --address lead to an N200";
    case Reason::certificate_not_trusted:
      return "compare the SHA-256 fingerprint with the one on the device's display; if they differ, do not "
             "continue: another machine may have answered";
    case Reason::host_name_mismatch:
      return "use a name of the certificate in --url (CN only if it has no other), and --address for where "
             "to "
             "connect";
    case Reason::certificate_outdated:
      return "renew the device's certificate, or correct the clock of this machine";
    case Reason::access_denied:
      return "correct --user or the password; if both are right, add an access rule in the device's web UI "
             "that allows this user HTTP POST and HTTP GET";
    case Reason::unknown_key:
      return "name an existing key with --key, or make one with --make-key NAME";
    case Reason::key_attribute_mismatch:
      return "correct the URI of --key";
    case Reason::pin_missing:
      return "give the PIN with --pin-source, or store it on the device";
    case Reason::wrong_pin:
      return "correct the PIN before the next try: the device may lock the key after several wrong PINs";
    case Reason::wrong_core:
      return "choose another core with --core";
    case Reason::key_exists:
      return "choose another name";
    case Reason::outcome_unknown:
      return "the device may have carried out the request; run sesam setup again: --make-key uses the key if "
             "it exists";
    default:
      return nullptr;
  }
}

// Returns null if the provider's advice applies.
const char* words_for_command(Reason reason) {
  switch (reason) {
    case Reason::unknown_key:
      return "to list all keys, run: sesam list";
    case Reason::several_keys_match:
      return "name one of them by its key_id";
    case Reason::key_attribute_mismatch:
      return "correct the URI; to list the URIs of all keys, run: sesam list --uris sesam";
    case Reason::bad_configuration:
      return "correct it in openssl.cnf, see OSSL_PROVIDER-sesam(7)";
    case Reason::pin_missing:
      return "set 'pin_source' in openssl.cnf, add pin-source to the key's URI, or store the PIN on the "
             "device";
    case Reason::wrong_pin:
      return "correct the PIN in openssl.cnf or in the URI before the next try: the device may lock the key "
             "after several wrong PINs";
    case Reason::key_exists:
      return "choose another name, or delete the other key: sesam delete";
    default:
      return nullptr;
  }
}

// Whether `sesam doctor` can find the cause: it checks everything from openssl.cnf to the device's reply.
bool can_doctor_find(Reason reason) {
  switch (reason) {
    case Reason::bad_configuration:
    case Reason::wrong_libcrypto:
    case Reason::pin_source_unreadable:
    case Reason::access_denied:
    case Reason::no_access_rule:
    case Reason::certificate_not_trusted:
    case Reason::certificate_outdated:
    case Reason::host_name_mismatch:
    case Reason::cannot_resolve:
    case Reason::cannot_connect:
    case Reason::timed_out:
    case Reason::connection_lost:
    case Reason::not_responding:
    case Reason::tls_failed:
    case Reason::http_status:
    case Reason::server_error:
    case Reason::bad_reply:
      return true;
    default:
      return false;
  }
}

}  // namespace

void set_audience(Audience audience) noexcept { chosen_audience = audience; }

bool is_for_setup() noexcept { return chosen_audience == Audience::setup; }

std::string advice_in_doctor(Reason reason) {
  const char* words = is_for_setup() ? words_for_setup(reason) : words_for_command(reason);
  return words == nullptr ? advice_for(reason) : words;
}

std::string advice_in_command(Reason reason) {
  // Without "in openssl.cnf": an option, or OPENSSL_CONF, may be what is to be corrected.
  std::string advice = reason == Reason::bad_configuration && !is_for_setup()
                           ? "for the settings see OSSL_PROVIDER-sesam(7)"
                           : advice_in_doctor(reason);
  if (!is_for_setup() && can_doctor_find(reason))
    advice += std::string(advice.empty() ? "" : "; ") + "run: sesam doctor";
  return advice;
}

}  // namespace sesam::cli
