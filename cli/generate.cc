// SPDX-License-Identifier: Apache-2.0
// `sesam generate`: a new key in the device.
#include "cli/commands.h"
#include "cli/new_key.h"
#include "cli/show.h"
#include "keymgmt/curves.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string name;
  std::string type = "EC";
  std::string curve;
  unsigned bits = 0;
  Place place;
};

constexpr char kDefaultCurve[] = "P-256";
constexpr unsigned kDefaultBits = 2048;

void check_fit(const Arguments& arguments) {
  const bool rsa = arguments.type == "RSA";
  if (rsa && !arguments.curve.empty()) throw CLI::ValidationError("--curve", "is for EC keys");
  if (!rsa && arguments.bits != 0) throw CLI::ValidationError("--bits", "is for RSA keys");
}

Result<void> choose_kind(const Arguments& arguments, n200::NewKey& key) {
  if (arguments.type == "RSA") {
    key.operation = n200::Operation::rsa_generate;
    key.bits = arguments.bits == 0 ? kDefaultBits : arguments.bits;
    return {};
  }
  const std::string name = arguments.curve.empty() ? kDefaultCurve : arguments.curve;
  const auto* curve = keymgmt::find_curve_of_group(name.c_str());
  if (curve == nullptr)
    return Error{Reason::unsupported_key,
                 "the device has no curve '" + name +
                     "': it has P-256, P-384, P-521, brainpoolP256r1, brainpoolP384r1 and brainpoolP512r1"};
  key.operation = n200::Operation::ec_generate;
  key.curve_type = curve->key_type;
  key.bits = curve->key_bits;
  return {};
}

Result<bool> generate(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  n200::NewKey kind;
  SESAM_CHECK(choose_kind(arguments, kind));
  SESAM_TRY(pin, pin_of_new_keys(*device, arguments.place.pin));
  SESAM_TRY(key, new_key(*device, arguments.place, arguments.name, pin));
  key.operation = kind.operation;
  key.curve_type = kind.curve_type;
  key.bits = kind.bits;
  SESAM_TRY(record, device->generate(key));
  print_key(record, key.core, session.json);
  return true;
}

}  // namespace

void add_generate(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("generate", "Make a key in the device, and show it");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("NAME", arguments->name, "the new key's name")->required();
  command->add_option("--type", arguments->type, "EC or RSA")
      ->check(CLI::IsMember({"EC", "RSA"}, CLI::ignore_case))
      ->capture_default_str();
  command->add_option("--curve", arguments->curve, "of an EC key; P-256 where none is given")
      ->type_name("NAME");
  command->add_option("--bits", arguments->bits, "of an RSA key; 2048 where none is given")
      ->check(CLI::Range(2048, 4096))
      ->type_name("N");
  add_place_options(*command, session, arguments->place);
  command->callback([&session, arguments] {
    check_fit(*arguments);
    session.command = [&session, arguments] { return generate(session, *arguments); };
  });
}

}  // namespace sesam::cli
