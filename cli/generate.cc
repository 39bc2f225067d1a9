// SPDX-License-Identifier: Apache-2.0
// `sesam generate`: creates a key in the device.
#include "cli/commands.h"
#include "cli/new_key.h"
#include "cli/option_values.h"
#include "cli/show.h"
#include "keymgmt/key_types.h"

namespace sesam::cli {
namespace {

using keymgmt::KeyType;

constexpr const auto& kBits = keymgmt::row_of(KeyType::rsa);  // whose size is given in bits

struct Arguments {
  std::string name;
  std::string type = keymgmt::row_of(KeyType::ec).name;
  std::string curve;
  unsigned bits = 0;
  Place place;
};

KeyType type_of(const Arguments& arguments) { return *keymgmt::key_type_named(arguments.type); }

void check_fit(const Arguments& arguments) {
  const bool has_curves = keymgmt::row_of(type_of(arguments)).has_curves();
  if (!has_curves && !arguments.curve.empty())
    throw CLI::ValidationError("--curve", "applies to EC keys only");
  if (has_curves && arguments.bits != 0) throw CLI::ValidationError("--bits", "applies to RSA keys only");
}

Result<bool> generate(Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(pin, pin_of_new_keys(*device, arguments.place.pin));
  SESAM_TRY(key, new_key(*device, arguments.place, arguments.name, pin));
  keymgmt::set_kind(key, type_of(arguments), arguments.curve, arguments.bits);
  SESAM_TRY(record, device->generate(key));
  session.changes.add(creation_of(record));
  print_key(record, key.core, session.json);
  return true;
}

}  // namespace

void add_generate(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("generate", "Create a key in the device");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("NAME", arguments->name, "name of the new key")->required();
  command->add_option("--type", arguments->type, "type of the key")
      ->check(CLI::IsMember(keymgmt::key_type_names(), CLI::ignore_case))
      ->capture_default_str();
  add_curve_option(*command, arguments->curve, "curve of an EC key; default: P-256");
  command->add_option("--bits", arguments->bits, "size of an RSA key; default: 2048")
      ->check(decimal())
      ->check(CLI::Range(int{kBits.min_bits}, int{kBits.max_bits}))
      ->type_name("N");
  add_place_options(*command, session, arguments->place);
  command->callback([&session, arguments] {
    check_fit(*arguments);
    session.command = [&session, arguments] { return generate(session, *arguments); };
  });
}

}  // namespace sesam::cli
