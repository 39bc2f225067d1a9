// SPDX-License-Identifier: Apache-2.0
// `sesam delete`: deletes a key from the device, permanently.
#include <iostream>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/pin_options.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  bool yes = false;
  PinOptions pin;
};

Result<void> may_be_asked(const Arguments& arguments) {
  if (arguments.yes || has_terminal()) return {};
  return Error{Reason::bad_argument,
               "deletion cannot be undone, and there is no terminal for confirmation; use --yes"};
}

// Asks for the key's name, because "yes" is typed too easily.
Result<void> confirm(const n200::KeyRecord& record) {
  const std::string& name = name_to_tell(record);
  explain_question(printable("Key '" + record.nice_name + "' (" + record.key_id + ", " + record.key_type +
                             ", " + std::to_string(record.key_bits) + " bits) will be permanently deleted.") +
                   "\n");
  const auto answer = ask_text("Type its name, " + name + ", to confirm");
  if (answer != name) return Error{Reason::bad_argument, "the names differ; the key was not deleted"};
  return {};
}

Result<bool> delete_key(Session& session, const Arguments& arguments) {
  SESAM_CHECK(may_be_asked(arguments));
  SESAM_TRY(device, session.device());
  SESAM_TRY(found, find_key_to_remove(*device, arguments.key));
  const n200::KeyRecord record = found.record;
  if (!arguments.yes) SESAM_CHECK(confirm(record));
  SESAM_TRY(key, handle_of(*device, std::move(found), arguments.pin));
  SESAM_CHECK(device->remove(key));
  session.changes.add("key '" + record.nice_name + "' (" + record.key_id + ") was deleted from the device");
  if (session.json)
    print_json({{"deleted", record.key_id}, {"name", record.nice_name}});
  else
    std::cout << "Deleted: " << printable(record.nice_name) << " (" << printable(record.key_id) << ")\n";
  return true;
}

}  // namespace

void add_delete(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("delete", "Delete a key from the device permanently");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("KEY", arguments->key, kKeyHelp)->required();
  command->add_flag("--yes", arguments->yes, "do not ask for confirmation");
  add_pin_source(*command, session, arguments->pin);
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return delete_key(session, *arguments); };
  });
}

}  // namespace sesam::cli
