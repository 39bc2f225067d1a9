// SPDX-License-Identifier: Apache-2.0
// `sesam list`: lists the keys in the device.
#include <fnmatch.h>

#include <iostream>
#include <map>

#include "base/ascii_case.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "cli/key_kind.h"
#include "cli/key_name.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "n200/curves.h"
#include "n200/packed_records.h"

namespace sesam::cli {
namespace {

constexpr std::size_t kMaxQuoted = 64;  // bytes of a malformed key_id

struct Arguments {
  std::string pattern;
  std::string type, curve;
  std::string sort = "name";
  bool reverse = false;
  bool long_table = false;
  bool names = false;
  std::string uris;

  bool has_filter() const { return !pattern.empty() || !type.empty() || !curve.empty(); }
};

using TextOf = std::string (*)(const n200::KeyRecord&);
const std::map<std::string, TextOf> kOrders = {
    {"name", [](const n200::KeyRecord& record) { return record.nice_name; }},
    {"created", [](const n200::KeyRecord& record) { return record.created; }},
    {"used", [](const n200::KeyRecord& record) { return record.last_used; }},
    {"type", [](const n200::KeyRecord& record) { return type_of(record) + ' ' + kind_of(record); }}};

std::vector<std::string> orders() {
  std::vector<std::string> names;
  for (const auto& [name, text_of] : kOrders) names.push_back(name);
  return names;
}

bool has_wildcard(const std::string& pattern) {
  return !n200::has_key_uri_scheme(pattern) && pattern.find_first_of("*?[") != pattern.npos;
}

bool fits(const n200::KeyRecord& record, const Arguments& arguments) {
  if (has_wildcard(arguments.pattern) && record.nice_name != arguments.pattern &&
      ::fnmatch(arguments.pattern.c_str(), record.nice_name.c_str(), FNM_NOESCAPE) != 0)
    return false;
  if (!arguments.type.empty() && !equal_ignoring_case(type_of(record), arguments.type)) return false;
  return arguments.curve.empty() || n200::curve_of(record) == n200::curve_named(arguments.curve.c_str());
}

Result<n200::PackedRecords> listed(n200::Device& device, const Arguments& arguments,
                                   n200::SkippedRecords& skipped) {
  const bool is_uri = !arguments.pattern.empty() && !has_wildcard(arguments.pattern);
  SESAM_TRY(uri, uri_of_name(is_uri ? arguments.pattern : "sesam:"));
  n200::PackedRecords records;
  SESAM_CHECK(device.list_keys(
      uri,
      [&](const n200::KeyRecord& record) {
        if (fits(record, arguments)) records.add(record);
      },
      n200::Device::kAllTypes, &skipped));
  records.sort(kOrders.at(arguments.sort), arguments.reverse);
  return records;
}

// "2022/10/01 20:15" -> "2022/10/01".
std::string day_of(const std::string& date) { return date.substr(0, date.find_first_of(" T")); }

void print_keys(const n200::PackedRecords& records, bool long_table) {
  const std::vector<std::string> head =
      long_table ? std::vector<std::string>{"NAME", "TYPE", "CREATED", "LAST USED", "ID", "TOKEN", "KEY_ID"}
                 : std::vector<std::string>{"NAME", "TYPE", "CREATED", "LAST USED", "ID"};
  print_table(head, [&](const VisitRow& visit) {
    records.for_each([&](const n200::KeyRecord& record) {
      if (long_table)
        visit({record.nice_name, kind_of(record), record.created, record.last_used, record.id,
               record.token_label(), record.key_id});
      else
        visit(
            {record.nice_name, kind_of(record), day_of(record.created), day_of(record.last_used), record.id});
    });
  });
}

std::string indented(std::string text) {
  for (std::size_t at = 0; at != text.npos; at = text.find('\n', at + 5))
    text.insert(at == 0 ? 0 : at + 1, 4, ' ');
  return text;
}

// The same output as print_json(), but one key at a time: as JSON, a key takes twenty times the memory.
void print_keys_as_json(const n200::PackedRecords& records) {
  std::cout << "{\n  \"keys\": [";
  const char* separator = "\n";
  records.for_each([&](const n200::KeyRecord& record) {
    std::cout << separator << indented(text_of(json_of(record)));
    separator = ",\n";
  });
  std::cout << (*separator == ',' ? "\n  ]\n}\n" : "]\n}\n");
}

void print(const n200::PackedRecords& records, const Session& session, const Arguments& arguments) {
  const auto scheme = arguments.uris == "pkcs11" ? n200::UriScheme::pkcs11 : n200::UriScheme::sesam;
  if (session.json)
    print_keys_as_json(records);
  else if (arguments.names)
    records.for_each([](const n200::KeyRecord& record) {
      std::cout << sesam::printable(record.nice_name) << '\n';  // in UTF-8 whatever the locale: for scripts
    });
  else if (!arguments.uris.empty())
    records.for_each([&](const n200::KeyRecord& record) { std::cout << uri_of(record, scheme) << '\n'; });
  else if (records.size() > 0)
    print_keys(records, arguments.long_table);
}

// Leaves out a URI, which may contain a PIN.
std::string filter_of(const Arguments& arguments) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!arguments.pattern.empty())
    add(n200::has_key_uri_scheme(arguments.pattern) ? "the URI" : "'" + arguments.pattern + "'");
  if (!arguments.type.empty()) add("type " + arguments.type);
  if (!arguments.curve.empty()) add("curve " + arguments.curve);
  return text;
}

void warn_of(const n200::SkippedRecords& skipped, const n200::Device& device) {
  if (skipped.count == 0) return;
  print_warning(std::to_string(skipped.count) +
                (skipped.count == 1 ? " record cannot be read" : " records cannot be read") + ": that of \"" +
                device.redacted(skipped.key_id.substr(0, kMaxQuoted)) + "\" has " + skipped.flaw +
                "; check wire_list_keys against the vendor's manual");
}

Result<bool> list(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  n200::SkippedRecords skipped;
  SESAM_TRY(records, listed(*device, arguments, skipped));
  print(records, session, arguments);
  warn_of(skipped, *device);
  if (records.size() > 0) return true;
  if (arguments.has_filter())
    return Error{Reason::unknown_key, "no key on the device matches " + filter_of(arguments)};
  if (!session.json && skipped.count == 0)
    std::cerr << "There are no keys on the device that this user can list.\n";
  return true;
}

void add_options(CLI::App& command, Arguments& arguments) {
  command.add_option(
      "PATTERN", arguments.pattern,
      "list matching keys only: a name, which may contain * and ?, or a sesam: or pkcs11: URI");
  command.add_option("--type", arguments.type, "list keys of this type only")
      ->check(CLI::IsMember(key_types(), CLI::ignore_case));
  add_curve_option(command, arguments.curve, "list EC keys on this curve only");
  command.add_option("--sort", arguments.sort, "sort by this column; dates: oldest first")
      ->check(CLI::IsMember(orders()))
      ->capture_default_str();
  command.add_flag("--reverse", arguments.reverse, "sort in descending order");
  auto* long_table =
      command.add_flag("--long", arguments.long_table, "print all names of each key, and times");
  auto* names = command.add_flag("--names", arguments.names, "print the names only, one on each line")
                    ->excludes(long_table);
  command.add_option("--uris", arguments.uris, "print the URIs only, one on each line")
      ->check(CLI::IsMember({"sesam", "pkcs11"}))
      ->excludes(long_table)
      ->excludes(names);
}

}  // namespace

void add_list(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("list", "List the keys in the device");
  const auto arguments = std::make_shared<Arguments>();
  add_options(*command, *arguments);
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return list(session, *arguments); };
  });
}

}  // namespace sesam::cli
