// SPDX-License-Identifier: Apache-2.0
// `sesam show`: one key, with all its names.
#include "cli/show.h"

#include "cli/commands.h"
#include "cli/key_name.h"
#include "cli/output.h"
#include "n200/curves.h"

namespace sesam::cli {
namespace {

std::string type_of(const n200::KeyRecord& record) {
  const auto* curve = n200::curve_of(record);
  return record.key_type + (curve == nullptr ? "" : std::string(", curve ") + curve->group);
}

void print_text(const n200::KeyRecord& record, unsigned core) {
  print_pairs({{"Name", record.nice_name},
               {"Key id", record.key_id},
               {"Token", record.token_label()},
               {"CKA_ID", record.id},
               {"Type", type_of(record)},
               {"Bits", std::to_string(record.key_bits)},
               {"Core", std::to_string(core) + " (by URI or configuration: the device tells of none)"},
               {"ACL", record.acl},
               {"Owner", record.owner},
               {"Created", record.created},
               {"Last used", record.last_used},
               {"Planned until", record.planned_until},
               {"URI", uri_of(record)},
               {"URI", uri_of(record, n200::UriScheme::pkcs11)}});
}

Result<bool> show(const Session& session, const std::string& name) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(found, find_key(*device, name));
  const unsigned core = found.uri.core.value_or(device->options().core);
  print_key(found.record, core, session.json);
  return true;
}

}  // namespace

void print_key(const n200::KeyRecord& record, unsigned core, bool json) {
  if (!json) return print_text(record, core);
  Json all = json_of(record);
  all["core"] = core;
  print_json(all);
}

void add_show(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("show", "Show one key: all its names, URIs to paste, what the device tells of it");
  const auto name = std::make_shared<std::string>();
  command->add_option("KEY", *name, kKeyHelp)->required();
  command->callback(
      [&session, name] { session.command = [&session, name] { return show(session, *name); }; });
}

}  // namespace sesam::cli
