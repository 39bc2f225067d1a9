// SPDX-License-Identifier: Apache-2.0
// `sesam list`: the keys of the device.
#include <iostream>

#include "cli/commands.h"
#include "cli/key_name.h"
#include "cli/output.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string which;
  std::string uris;
};

Result<std::vector<n200::KeyRecord>> listed(n200::Device& device, const std::string& which) {
  SESAM_TRY(uri, uri_of_name(which.empty() ? "sesam:" : which));
  std::vector<n200::KeyRecord> records;
  SESAM_CHECK(device.list_keys(
      uri, [&](const n200::KeyRecord& record) { records.push_back(record); }, n200::Device::kAllTypes));
  return records;
}

void print_keys(const std::vector<n200::KeyRecord>& records) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(records.size());
  for (const auto& record : records)
    rows.push_back({record.nice_name, record.key_type, std::to_string(record.key_bits), record.key_id,
                    record.token_label(), record.id});
  print_table({"NAME", "TYPE", "BITS", "KEY_ID", "TOKEN", "ID"}, rows);
}

Result<bool> list(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(records, listed(*device, arguments.which));
  if (session.json) {
    Json keys = Json::array();
    for (const auto& record : records) keys.push_back(json_of(record));
    print_json({{"keys", keys}});
  } else if (!arguments.uris.empty()) {
    for (const auto& record : records)
      std::cout << (arguments.uris == "pkcs11" ? pkcs11_uri(record) : sesam_uri(record)) << '\n';
  } else {
    print_keys(records);
  }
  return true;
}

}  // namespace

void add_list(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("list", "List the keys of the device, with all their names");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("URI", arguments->which, "only keys that fit: a name, or a sesam: or pkcs11: URI");
  command->add_option("--uris", arguments->uris, "print nothing but a URI for each key")
      ->check(CLI::IsMember({"sesam", "pkcs11"}));
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return list(session, *arguments); };
  });
}

}  // namespace sesam::cli
