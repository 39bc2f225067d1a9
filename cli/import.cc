// SPDX-License-Identifier: Apache-2.0
// `sesam import`: imports private keys from files into the device.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/import_bind.h"
#include "cli/new_key.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "keymgmt/key_file.h"
#include "keymgmt/key_types.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> files;
  std::string directory;
  std::string name;
  std::string passphrase_file;
  BindImport bind;
  Place place;
};

struct Imported {
  std::string file;
  n200::KeyRecord record;
};

struct Failed {
  std::string file;
  Error error;
};

constexpr std::string_view kKeyEndings[] = {".pem", ".p8", ".der", ".private"};

// Kjp.example.+013+12345.private → Kjp.example.+013+12345, web.pem → web.
std::string name_of_file(const std::string& file) {
  const fs::path path(file);
  const bool known = std::find(std::begin(kKeyEndings), std::end(kKeyEndings), path.extension().string()) !=
                         std::end(kKeyEndings) ||
                     path.extension() == ".key";
  return known ? path.stem().string() : path.filename().string();
}

// Sorted by name. Leaves out .key files, as a K*.key file is the public half of a K*.private file.
Result<std::vector<std::string>> files_in(const std::string& directory) {
  std::error_code failed;
  std::vector<std::string> files;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed))
    if (entry->is_regular_file() && std::find(std::begin(kKeyEndings), std::end(kKeyEndings),
                                              entry->path().extension().string()) != std::end(kKeyEndings))
      files.push_back(entry->path().string());
  if (failed) return Error{Reason::bad_argument, directory + ": " + failed.message()};
  if (files.empty())
    return Error{Reason::bad_argument, directory + ": no file in it ends in .pem, .p8, .der or .private"};
  std::sort(files.begin(), files.end());
  return files;
}

keymgmt::Passphrase passphrase_for(const std::string& file, const Arguments& arguments,
                                   const Progress& progress) {
  return [&file, &arguments, &progress]() -> Result<Secret> {
    const std::string& given = arguments.passphrase_file;
    if (!given.empty()) return n200::read_pin_source(given.starts_with("file:") ? given : "file:" + given);
    progress.clear();
    auto answer = ask_secret("Passphrase of " + printable(file));
    if (answer) return std::move(*answer);
    return Error{Reason::key_file_unusable,
                 file + ": it is encrypted, and no passphrase was given; use --passphrase-file FILE"};
  };
}

Result<n200::KeyRecord> import_one(n200::Device& device, const Arguments& arguments, const std::string& file,
                                   const Secret& pin, const Progress& progress) {
  const std::string name = arguments.name.empty() ? name_of_file(file) : arguments.name;
  SESAM_TRY(key, new_key(device, arguments.place, name, pin));
  SESAM_TRY(read, keymgmt::read_ec_key_file(file, passphrase_for(file, arguments, progress)));
  keymgmt::set_curve(key, *read.curve);
  return device.import_ec(key, read.pair);
}

void print(const std::vector<Imported>& imported, const std::vector<Failed>& failed, bool json) {
  if (json) {
    Json keys = Json::array();
    for (const auto& one : imported) {
      Json key = json_of(one.record);
      key["file"] = one.file;
      keys.push_back(std::move(key));
    }
    Json errors = Json::array();
    for (const auto& one : failed) errors.push_back({{"file", one.file}, {"error", text_of(one.error)}});
    return print_json({{"keys", keys}, {"failed", errors}});
  }
  print_table({"NAME", "URI", "PKCS#11 URI"}, [&](const VisitRow& visit) {
    for (const auto& [file, record] : imported)
      visit({record.nice_name, uri_of(record), uri_of(record, n200::UriScheme::pkcs11)});
  });
  std::cout << imported.size() << " of " << imported.size() + failed.size() << " imported\n";
}

// A key that cannot be imported does not stop the others.
Result<bool> import_many(Session& session, n200::Device& device, const Arguments& arguments,
                         const std::vector<std::string>& files, const Secret& pin) {
  std::vector<Imported> imported;
  std::vector<Failed> failed;
  {
    Progress progress(files.size());
    for (const auto& file : files) {
      progress.next(file);
      auto record = import_one(device, arguments, file, pin, progress);
      if (record) {
        session.changes.add(creation_of(*record));
        imported.push_back({file, std::move(*record)});
        continue;
      }
      progress.clear();
      session.changes.note(record.error());
      print_error(record.error());
      failed.push_back({file, std::move(record).error()});
    }
  }
  print(imported, failed, session.json);
  return failed.empty();
}

Result<bool> import_keys(Session& session, const Arguments& arguments) {
  std::vector<std::string> files = arguments.files;
  if (!arguments.directory.empty()) {
    SESAM_TRY(found, files_in(arguments.directory));
    files.insert(files.end(), found.begin(), found.end());
  }
  SESAM_TRY(device, session.device());
  SESAM_TRY(pin, pin_of_new_keys(*device, arguments.place.pin));
  if (files.size() > 1 || !arguments.directory.empty())
    return import_many(session, *device, arguments, files, pin);
  const Progress progress(1);
  SESAM_TRY(record, import_one(*device, arguments, files.front(), pin, progress));
  session.changes.add(creation_of(record));
  print_key(record, arguments.place.core.value_or(device->options().core), session.json);
  return true;
}

void check_fit_of_bind(const CLI::App& command, const BindImport& bind) {
  for (const char* option : {"--dry-run", "--undo", "--rndc", "--assume-frozen"})
    if (bind.directory.empty() && command.count(option) != 0)
      throw CLI::ValidationError(option, "requires --bind");
  if (bind.directory.empty()) return;
  for (const char* option : {"--dir", "--passphrase-file"})
    if (command.count(option) != 0) throw CLI::ValidationError(option, "cannot be used with --bind");
  if (command.count("--pin-source") != 0)
    throw CLI::ValidationError("--pin-source",
                               "cannot be used with --bind: named takes the PIN from openssl.cnf");
}

void check_fit(const CLI::App& command, const Arguments& arguments) {
  check_fit_of_bind(command, arguments.bind);
  if (arguments.files.empty() && arguments.directory.empty())
    throw CLI::ValidationError("FILE", "or --dir is required");
  if (!arguments.name.empty() && (arguments.files.size() != 1 || !arguments.directory.empty()))
    throw CLI::ValidationError("--name", "requires exactly one FILE");
}

void add_bind_options(CLI::App& command, BindImport& bind) {
  command
      .add_option("--bind", bind.directory,
                  "named's key-directory, in whose K files labels replace the private keys")
      ->type_name("DIR");
  command.add_flag("--dry-run", bind.dry_run, "with --bind: check everything, change nothing");
  command.add_flag("--undo", bind.undo, "with --bind: put the private keys back into the K files")
      ->excludes("--dry-run");
  command.add_option("--rndc", bind.rndc, "with --bind: how to call rndc")
      ->type_name("COMMAND")
      ->capture_default_str();
  command.add_flag("--assume-frozen", bind.assume_frozen,
                   "with --bind: do not ask rndc whether named serves the zone");
}

Result<bool> run_bind(Session& session, const Arguments& arguments) {
  BindImport wanted = arguments.bind;
  wanted.files = arguments.files;
  wanted.name = arguments.name;
  wanted.place = arguments.place;
  return wanted.undo ? undo_import_for_bind(session, wanted) : import_for_bind(session, wanted);
}

}  // namespace

void add_import(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("import", "Import private EC keys from files");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->files, "PEM or DER: PKCS#8 or SEC 1; or a K*.private file of BIND");
  command
      ->add_option("--dir", arguments->directory,
                   "import every .pem, .p8, .der and .private file in this directory")
      ->type_name("DIR");
  command->add_option("--name", arguments->name, "name of the new key; default: the name of the file");
  command
      ->add_option("--passphrase-file", arguments->passphrase_file,
                   "file with the passphrase of encrypted keys; default: a prompt at the terminal")
      ->type_name("FILE");
  add_place_options(*command, session, arguments->place);
  add_bind_options(*command, arguments->bind);
  command->callback([&session, command, arguments] {
    check_fit(*command, *arguments);
    session.command = [&session, arguments] {
      return arguments->bind.directory.empty() ? import_keys(session, *arguments)
                                               : run_bind(session, *arguments);
    };
  });
}

}  // namespace sesam::cli
