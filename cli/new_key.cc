// SPDX-License-Identifier: Apache-2.0
#include "cli/new_key.h"

#include "base/hex.h"
#include "cli/option_values.h"
#include "n200/uri.h"

namespace sesam::cli {
namespace {

std::string check_acl(const std::string& text) {
  return text.size() == 4 && is_hex(text) ? "" : "expected four hexadecimal digits";
}

}  // namespace

void add_place_options(CLI::App& command, Session& session, Place& place) {
  command.add_option("--core", place.core, "crypto core; default: from the configuration")
      ->check(decimal())
      ->check(CLI::Range(1, 255))
      ->type_name("N");
  command
      .add_option("--acl", place.acl,
                  "access rights, four hexadecimal digits; default: from the configuration")
      ->check(check_acl)
      ->type_name("FFFF");
  add_new_pin_options(command, session, place.pin);
}

Result<n200::NewKey> new_key(const n200::Device& device, const Place& place, const std::string& name,
                             const Secret& pin) {
  if (name.empty() || n200::has_key_uri_scheme(name) || n200::is_key_id(name) || n200::is_token_label(name))
    return Error{Reason::bad_argument,
                 "invalid name for a new key: it must not be empty, a URI, a key_id or a token label"};
  n200::NewKey key;
  key.nice_name = name;
  key.core = place.core.value_or(device.options().core);
  key.acl = place.acl.empty() ? device.options().acl : place.acl;
  key.pin = pin.clone();
  return key;
}

std::string creation_of(const n200::KeyRecord& record) {
  return "key '" + record.nice_name + "' (" + record.key_id + ") was created on the device";
}

}  // namespace sesam::cli
