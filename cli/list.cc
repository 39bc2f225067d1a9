// SPDX-License-Identifier: Apache-2.0
// `sesam list`: the keys of the device.
#include <iostream>

#include "cli/commands.h"
#include "cli/key_name.h"
#include "cli/output.h"
#include "n200/packed_records.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string which;
  std::string uris;
};

Result<n200::PackedRecords> listed(n200::Device& device, const std::string& which) {
  SESAM_TRY(uri, uri_of_name(which.empty() ? "sesam:" : which));
  n200::PackedRecords records;
  SESAM_CHECK(device.list_keys(
      uri, [&](const n200::KeyRecord& record) { records.add(record); }, n200::Device::kAllTypes));
  return records;
}

void print_keys(const n200::PackedRecords& records) {
  print_table({"NAME", "TYPE", "BITS", "KEY_ID", "TOKEN", "ID"}, [&](const VisitRow& visit) {
    records.for_each([&](const n200::KeyRecord& record) {
      visit({record.nice_name, record.key_type, std::to_string(record.key_bits), record.key_id,
             record.token_label(), record.id});
    });
  });
}

std::string indented(std::string text) {
  for (std::size_t at = 0; at != text.npos; at = text.find('\n', at + 5))
    text.insert(at == 0 ? 0 : at + 1, 4, ' ');
  return text;
}

// As print_json() prints the whole, one key at a time: as JSON a key takes twenty times the memory.
void print_keys_as_json(const n200::PackedRecords& records) {
  std::cout << "{\n  \"keys\": [";
  const char* separator = "\n";
  records.for_each([&](const n200::KeyRecord& record) {
    std::cout << separator << indented(text_of(json_of(record)));
    separator = ",\n";
  });
  std::cout << (*separator == ',' ? "\n  ]\n}\n" : "]\n}\n");
}

Result<bool> list(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(records, listed(*device, arguments.which));
  const auto scheme = arguments.uris == "pkcs11" ? n200::UriScheme::pkcs11 : n200::UriScheme::sesam;
  if (session.json)
    print_keys_as_json(records);
  else if (arguments.uris.empty())
    print_keys(records);
  else
    records.for_each([&](const n200::KeyRecord& record) { std::cout << uri_of(record, scheme) << '\n'; });
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
