// SPDX-License-Identifier: Apache-2.0
#include "cli/advice.h"

namespace sesam::cli {
namespace {

// Null: the provider's advice serves.
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

// What is between openssl.cnf and the device's answer, which the doctor looks at.
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
    case Reason::bad_reply:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string advice_in_doctor(Reason reason) {
  const char* words = words_for_command(reason);
  return words == nullptr ? advice_for(reason) : words;
}

std::string advice_in_command(Reason reason) {
  std::string advice = advice_in_doctor(reason);
  if (can_doctor_find(reason)) advice += std::string(advice.empty() ? "" : "; ") + "run: sesam doctor";
  return advice;
}

}  // namespace sesam::cli
