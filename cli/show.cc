// SPDX-License-Identifier: Apache-2.0
// `sesam show`: shows one key, with all its names and its certificate.
#include "cli/show.h"

#include "cli/commands.h"
#include "cli/key_certificate.h"
#include "cli/key_name.h"
#include "cli/message.h"
#include "cli/output.h"
#include "n200/curves.h"

namespace sesam::cli {
namespace {

std::string device_type_of(const n200::KeyRecord& record) {
  const auto* curve = n200::curve_of(record);
  return record.key_type + (curve == nullptr ? "" : std::string(", curve ") + curve->group);
}

Pairs text_of(const n200::KeyRecord& record, unsigned core) {
  return {
      {"Name", record.nice_name},
      {"Key id", record.key_id},
      {"Token", record.token_label()},
      {"CKA_ID", record.id},
      {"Type", device_type_of(record)},
      {"Bits", std::to_string(record.key_bits)},
      {"Core", std::to_string(core) + " (from the URI or the configuration; the device does not report it)"},
      {"ACL", record.acl},
      {"Owner", record.owner},
      {"Created", record.created},
      {"Last used", record.last_used},
      {"Planned until", record.planned_until},
      {"URI", uri_of(record)},
      {"URI", uri_of(record, n200::UriScheme::pkcs11)}};
}

Json json_of(const n200::KeyRecord& record, unsigned core) {
  Json all = sesam::cli::json_of(record);
  all["core"] = core;
  return all;
}

// Symmetric keys, and keys that sesam cannot use, have no certificates.
Result<KeyCertificate> certificate_if_any(const Session& session, const std::shared_ptr<n200::Device>& device,
                                          const FoundKey& found) {
  const auto opened = open_found_key(device, found, false);
  return opened ? certificate_of(session, **opened) : KeyCertificate{};
}

Result<bool> show(const Session& session, const std::string& name) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(found, find_key(*device, name));
  SESAM_TRY(certificate, certificate_if_any(session, device, found));
  const unsigned core = found.uri.core.value_or(device->options().core);
  if (!session.json) {
    Pairs pairs = text_of(found.record, core);
    for (auto& pair : pairs_of(certificate)) pairs.push_back(std::move(pair));
    print_pairs(pairs);
    return true;
  }
  Json all = json_of(found.record, core);
  if (!certificate.directory.empty()) all["certificates"] = json_of(certificate);
  print_json(all);
  return true;
}

}  // namespace

void print_key(const n200::KeyRecord& record, unsigned core, bool json) {
  if (json)
    print_json(json_of(record, core));
  else
    print_pairs(text_of(record, core));
}

void add_show(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "show", "Show one key: its names and URIs, what the device reports about it, its certificate");
  const auto name = std::make_shared<std::string>();
  command->add_option("KEY", *name, kKeyHelp)->required();
  command->callback(
      [&session, name] { session.command = [&session, name] { return show(session, *name); }; });
}

}  // namespace sesam::cli
