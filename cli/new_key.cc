// SPDX-License-Identifier: Apache-2.0
#include "cli/new_key.h"

#include "base/hex.h"
#include "n200/uri.h"

namespace sesam::cli {
namespace {

std::string check_acl(const std::string& text) {
  return text.size() == 4 && is_hex(text) ? "" : "expected four hexadecimal digits";
}

}  // namespace

void add_place_options(CLI::App& command, Session& session, Place& place) {
  command.add_option("--core", place.core, "crypto core, instead of the configuration's")
      ->check(CLI::Range(1, 255))
      ->type_name("N");
  command.add_option("--acl", place.acl, "access rights, four hexadecimal digits")
      ->check(check_acl)
      ->type_name("FFFF");
  add_new_pin_options(command, session, place.pin);
}

Result<n200::NewKey> new_key(const n200::Device& device, const Place& place, const std::string& name,
                             const Secret& pin) {
  if (name.empty() || n200::has_key_uri_scheme(name) || n200::is_key_id(name) || n200::is_token_label(name))
    return Error{Reason::bad_argument,
                 "that cannot be a new key's name: give one alone, not a URI, key_id or token label"};
  n200::NewKey key;
  key.nice_name = name;
  key.core = place.core.value_or(device.options().core);
  key.acl = place.acl.empty() ? device.options().acl : place.acl;
  key.pin = pin.clone();
  return key;
}

}  // namespace sesam::cli
