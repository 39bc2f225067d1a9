// SPDX-License-Identifier: Apache-2.0
// `sesam uri`: prints a key's URIs, or a PEM file that wraps one.
#include <iostream>

#include "cli/commands.h"
#include "cli/key_kind.h"
#include "cli/key_name.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "store/uri_pem.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  bool pem = false;
  std::string label = store::kPemLabel;
  std::string out;
};

constexpr const char* kEcLabel = "EC PRIVATE KEY";
constexpr const char* kRsaLabel = "RSA PRIVATE KEY";

// Checks the label here: a program would report a wrong type of key by a misleading message.
Result<void> check_label(const std::string& label, const n200::KeyRecord& record) {
  const std::string fitting = type_of(record) == "RSA" ? kRsaLabel : kEcLabel;
  if (label == store::kPemLabel || label == fitting) return {};
  return Error{Reason::bad_argument,
               "--label: key '" + name_to_tell(record) + "' needs '" + fitting + "', not '" + label + "'"};
}

Result<bool> uri(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(found, find_key(*device, arguments.key));
  if (arguments.pem) {
    SESAM_CHECK(check_label(arguments.label, found.record));
    const std::string pem =
        store::pem_of_uri(uri_of(found.record, n200::UriScheme::sesam, found.uri), arguments.label.c_str());
    if (pem.empty()) return Error{Reason::out_of_memory, {}};
    SESAM_CHECK(write_output(arguments.out, pem));
  } else if (session.json) {
    print_json({{"uris", json_of(found.record)["uris"]}});
  } else {
    SESAM_CHECK(write_output(
        arguments.out, uri_of(found.record) + "\n" + uri_of(found.record, n200::UriScheme::pkcs11) + "\n"));
  }
  return true;
}

}  // namespace

void add_uri(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "uri", "Print the URIs of a key, or a PEM file for programs that accept key files only");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("KEY", arguments->key, kKeyHelp)->required();
  auto* pem = command->add_flag("--pem", arguments->pem,
                                "print a PEM file that wraps the URI; it contains no secret");
  command->add_option("--label", arguments->label, "PEM label, for programs that accept known labels only")
      ->check(CLI::IsMember({store::kPemLabel, kEcLabel, kRsaLabel}))
      ->needs(pem);
  command->add_option("--out", arguments->out, "write to this file instead of stdout")->type_name("FILE");
  command->callback([&session, command, arguments] {
    refuse_with_json(session, *command, {"--out", "--pem"});
    session.command = [&session, arguments] { return uri(session, *arguments); };
  });
}

}  // namespace sesam::cli
