// SPDX-License-Identifier: Apache-2.0
#include "cli/import_bind.h"

#include <filesystem>
#include <iostream>
#include <set>

#include "cli/bind_keys.h"
#include "cli/key_directory.h"
#include "cli/message.h"
#include "cli/named_hold.h"
#include "cli/output.h"
#include "cli/shell_word.h"
#include "keymgmt/key_types.h"

namespace sesam::cli {
namespace {

struct Move {
  BindKey key;
  n200::NewKey wanted;
  bool is_in_device = false;  // from an earlier run
  n200::KeyRecord record;     // empty in a dry run
  std::string label;
};

Error other_key(const BindKey& key) {
  return {Reason::key_exists, "the device has another key named '" + key.name +
                                  "'; name the new one with --name, or delete the other"};
}

// All files are read and checked before the device is asked for anything.
Result<std::vector<BindKey>> read_keys(const BindImport& wanted) {
  std::vector<BindKey> keys;
  std::set<std::string> stems;
  for (const auto& file : wanted.files) {
    SESAM_TRY(stem, stem_in(wanted.directory, file));
    if (!stems.insert(stem).second) continue;  // named twice
    if (uses_label(stem + ".private")) {
      print_warning(stem + ".private: uses a label already; unchanged");
      continue;
    }
    SESAM_TRY(key, read_bind_key(file, stem));
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<void> check_named(const BindImport& wanted, const std::vector<BindKey>& keys) {
  if (wanted.assume_frozen) return {};
  std::set<std::string> zones;
  for (const auto& key : keys) zones.insert(key.zone);
  for (const auto& zone : zones) SESAM_CHECK(check_not_held_by_named(zone, wanted.rndc));
  return {};
}

// named reads the PIN only from openssl.cnf, so it could not use a PIN from another source.
Result<Secret> pin_for_named(const n200::Device& device, const PinOptions& pin) {
  if (pin.none) return Secret();
  if (!device.options().pin.empty()) return device.options().pin.clone();
  return Error{Reason::pin_missing,
               "named takes the PIN of its keys from openssl.cnf: set pin_source there, or give --no-pin"};
}

// Uses a key that an earlier run has imported, instead of importing it again.
Result<Move> find(n200::Device& device, const BindImport& wanted, BindKey key, const Secret& pin) {
  Move move{std::move(key), {}, false, {}, {}};
  const std::string& name = wanted.name.empty() ? move.key.name : wanted.name;
  SESAM_TRY(made, new_key(device, wanted.place, name, pin));
  move.wanted = std::move(made);
  keymgmt::set_curve(move.wanted, *move.key.key.curve);
  n200::KeyUri uri;
  uri.object = name;
  uri.is_bare = false;
  auto found = device.find_key_past_cache(uri);
  if (!found && found.error().reason == Reason::unknown_key) return move;
  if (!found) return std::move(found).error();
  if (found->public_key != move.key.key.pair.public_key) return other_key(move.key);
  move.is_in_device = true;
  move.record = *std::move(found);
  return move;
}

// Opens the key by the label alone, as named will, and signs.
Result<void> prove(const std::shared_ptr<n200::Device>& device, const Move& move) {
  SESAM_TRY(uri, n200::KeyUri::parse(move.label));
  SESAM_TRY(record, device->find_key_past_cache(uri));
  if (record.public_key != move.key.key.pair.public_key)
    return Error{Reason::bad_public_key,
                 move.key.given + ": the device's public key is not that of the DNSKEY"};
  const FoundKey found{std::move(record), std::move(uri)};
  SESAM_TRY(data, open_found_key(device, found, true));
  keymgmt::Key key(data, keymgmt::Key::Part::with_private);
  Message message;
  message.digest = move.key.key.curve->field_bytes > 32 ? "SHA384" : "SHA256";
  const Bytes digest(message.digest == "SHA384" ? 48 : 32, 0x5A);
  SESAM_TRY(signature, sign_digest(key, message, digest));
  SESAM_TRY(is_good, verify_digest(key, message, digest, signature));
  if (is_good) return {};
  return Error{Reason::bad_signature, "the device's signature with " + data->handle.description() +
                                          " does not verify with the DNSKEY; no K file was changed"};
}

Result<void> put_into_device(const std::shared_ptr<n200::Device>& device, Move& move, Changes& changes) {
  if (!move.is_in_device) {
    SESAM_TRY(record, device->import_ec(move.wanted, move.key.key.pair));
    changes.add(creation_of(record));
    move.record = std::move(record);
  }
  n200::KeyUri core;
  core.core = move.wanted.core;
  move.label = uri_of(move.record, n200::UriScheme::sesam, core);
  return prove(device, move);
}

std::string replacement_of(const BindKey& key) {
  if (!key.is_new) return key.target() + " was replaced; the private key is in " + key.saved();
  std::string files = key.target();
  for (const auto& ending : key.missing) files += ", " + key.stem + ending;
  return files + (key.missing.empty() ? " was created" : " were created");
}

// Replaces all K files or none.
Result<void> replace_all(const std::vector<Move>& moves, Changes& changes) {
  for (auto move = moves.begin(); move != moves.end(); ++move) {
    auto replaced = replace_by_label(move->key, move->label);
    if (replaced) continue;
    while (move != moves.begin())
      if (auto restored = restore((--move)->key); !restored) {
        print_error(restored.error());
        changes.add(replacement_of(move->key));
      }
    return replaced;
  }
  for (const auto& move : moves) changes.add(replacement_of(move.key));
  for (const auto& move : moves)
    if (!uses_label(move.key.target()))
      return Error{Reason::bad_argument,
                   move.key.target() + ": was replaced by another program; stop named and try again"};
  return {};
}

void print_moves(const std::vector<Move>& moves, bool dry_run) {
  Json keys = Json::array();
  for (const auto& move : moves) {
    Json key = dry_run && !move.is_in_device ? Json::object() : json_of(move.record);
    key["file"] = move.key.given;
    key["zone"] = move.key.zone;
    key["private"] = move.key.target();
    if (!move.label.empty()) key["label"] = move.label;
    if (!move.key.is_new) key["saved"] = move.key.saved();
    keys.push_back(std::move(key));
  }
  print_json({{"dry_run", dry_run}, {"keys", keys}});
}

void print_plan(const std::vector<Move>& moves) {
  for (const auto& move : moves) {
    const BindKey& key = move.key;
    std::cout << printable(key.given) << '\n'
              << (move.is_in_device ? "  is in the device already as '" : "  would be imported as '")
              << printable(move.wanted.nice_name) << "', core " << move.wanted.core << '\n';
    if (!key.is_new)
      std::cout << "  " << printable(key.target()) << " would be kept as " << printable(key.saved()) << '\n';
    std::cout << "  " << printable(key.target()) << " would name the key by a label\n";
  }
  std::cout << "Dry run: nothing was changed.\n";
}

// The openssl.cnf for named: named.cnf if `sesam setup` has written it. Empty if neither file configures
// sesam.
std::string cnf_for_named(const Session& session) {
  const std::filesystem::path used = session.path();
  for (const auto& path : {used.parent_path() / "named.cnf", used})
    if (const auto cnf = config::OpensslCnf::load(path.string()); cnf && session.section_in(*cnf))
      return path.string();
  return {};
}

void print_next_steps(const Session& session, const std::vector<Move>& moves) {
  const std::string cnf = cnf_for_named(session);
  std::cout << "\nNext: start named with "
            << (cnf.empty() ? "an openssl.cnf that has these settings"
                            : "OPENSSL_CONF=" + printable(cnf) + " in its environment")
            << ", or thaw the zone.\n"
               "The private keys are still in these files, which sesam does not delete; move them to a safe "
               "place:\n";
  for (const auto& move : moves)
    std::cout << "  " << printable(move.key.is_new ? move.key.given : move.key.saved()) << '\n';
  const std::string directory = std::filesystem::path(moves.front().key.stem).parent_path().string();
  std::cout
      << "To go back, stop named or freeze the zone, and run this, with the places to which you moved them:\n"
         "  sesam import --undo --bind "
      << printable(shell_word(directory));
  for (const auto& move : moves)
    std::cout << ' ' << printable(shell_word(move.key.is_new ? move.key.given : move.key.saved()));
  std::cout << '\n';
}

struct LabelledFile {
  std::string given;
  std::string stem;
  std::string zone;
};

// The files to restore. A run that failed halfway can be repeated: files with their private key are skipped.
Result<std::vector<LabelledFile>> labelled_files(const BindImport& wanted) {
  std::vector<LabelledFile> files;
  std::set<std::string> stems;
  for (const auto& file : wanted.files) {
    const bool is_saved = file.ends_with(kSavedEnding);
    SESAM_TRY(stem,
              stem_in(wanted.directory, is_saved ? file.substr(0, file.size() - kSavedEnding.size()) : file));
    if (!stems.insert(stem).second) continue;  // named twice
    if (has_private_key(stem + ".private")) {
      print_warning(stem + ".private: has its private key already; unchanged");
      continue;
    }
    SESAM_TRY(zone, zone_in_directory(stem));
    files.push_back({file, std::move(stem), std::move(zone)});
  }
  return files;
}

void print(const Session& session, const std::vector<Move>& moves) {
  if (moves.empty()) return;
  print_table({"ZONE", "K FILE", "LABEL"}, [&](const VisitRow& visit) {
    for (const auto& move : moves) visit({move.key.zone, move.key.target(), move.label});
  });
  print_next_steps(session, moves);
}

}  // namespace

Result<bool> import_for_bind(Session& session, const BindImport& wanted) {
  SESAM_TRY(keys, read_keys(wanted));
  auto is_free = check_named(wanted, keys);
  if (!is_free && !wanted.dry_run) return std::move(is_free).error();
  if (!is_free) print_warning(is_free.error().detail);
  SESAM_TRY(device, session.device());
  SESAM_TRY(pin, pin_for_named(*device, wanted.place.pin));
  std::vector<Move> moves;
  for (auto& key : keys) {
    SESAM_TRY(move, find(*device, wanted, std::move(key), pin));
    moves.push_back(std::move(move));
  }
  if (!wanted.dry_run) {
    for (auto& move : moves) SESAM_CHECK(put_into_device(device, move, session.changes));
    SESAM_CHECK(replace_all(moves, session.changes));
  }
  if (session.json)
    print_moves(moves, wanted.dry_run);
  else if (wanted.dry_run)
    print_plan(moves);
  else
    print(session, moves);
  return true;
}

Result<bool> undo_import_for_bind(Session& session, const BindImport& wanted) {
  SESAM_TRY(labelled, labelled_files(wanted));
  std::set<std::string> zones;
  for (const auto& file : labelled) zones.insert(file.zone);
  if (!wanted.assume_frozen)
    for (const auto& zone : zones) SESAM_CHECK(check_not_held_by_named(zone, wanted.rndc));
  std::vector<RestoredFile> restored;
  for (const auto& file : labelled) {
    SESAM_TRY(one, with_private_key(file.given, file.stem));
    restored.push_back(std::move(one));
  }
  Json files = Json::array();
  for (const auto& one : restored) {
    SESAM_CHECK(replace_k_file(one.target, one.text.reveal(), one.marks));
    session.changes.add(one.target + " holds its private key again");
    files.push_back(one.target);
    if (!session.json) std::cout << printable(one.target) << " holds its private key again\n";
  }
  if (session.json)
    print_json({{"restored", files}});
  else if (!restored.empty())
    std::cout << "Next: start named, or thaw the zone. The keys stay in the device.\n";
  return true;
}

}  // namespace sesam::cli
