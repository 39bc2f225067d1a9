// SPDX-License-Identifier: Apache-2.0
// `sesam doctor --bind`: BIND's K files whose private key is in the device.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/base64.h"
#include "cli/child_output.h"
#include "cli/doctor.h"
#include "cli/file_access.h"
#include "cli/key_directory.h"
#include "cli/key_name.h"
#include "keymgmt/bind_key_text.h"
#include "n200/uri.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kFiles[] = "K files";
constexpr char kKeys[] = "K files' keys";
constexpr char kMissing[] =
    "restore the key from the device's backup, or the K file from its .saved file, by sesam import --undo; "
    "remove the K files if the zone no longer has the DNSKEY; to list all keys, run: sesam list";
constexpr std::string_view kEnding = ".private";

// The label of a K file, and what BIND 9.20 checks.
struct Label {
  std::string text;
  bool is_terminated = false;  // by a zero byte
  bool names_engine = false;   // a line "Engine:"
};

Label label_of(const std::string& private_file) {
  const auto text = read_k_file(private_file);
  if (!text) return {};
  const auto bytes = from_base64(keymgmt::bind_field(text->reveal(), keymgmt::kBindLabel));
  if (!bytes) return {};
  Label label{std::string(bytes->begin(), bytes->end()), false,
              keymgmt::has_bind_field(text->reveal(), keymgmt::kBindEngine)};
  label.is_terminated = label.text.ends_with('\0');
  while (label.text.ends_with('\0')) label.text.pop_back();
  return label;
}

std::string label_in(const std::string& private_file) { return label_of(private_file).text; }

// "key-directory "/etc/bind/keys";" → /etc/bind/keys.
std::string quoted_value(std::string_view line) {
  const auto first = line.find('"');
  const auto last = line.rfind('"');
  return first == line.npos || first == last ? std::string()
                                             : std::string(line.substr(first + 1, last - first - 1));
}

// All key directories in a named.conf, as printed by named-checkconf, which indents the contents of a block.
// Relative paths are below the directory in `options`, wherever that block is.
Result<std::vector<std::string>> directories_in(const std::string& named_conf) {
  constexpr std::chrono::seconds kLimit{20};
  constexpr std::size_t kMaxText = 64 * 1024 * 1024;  // hundreds of thousands of zones
  const std::string command = "named-checkconf -p " + named_conf;
  const auto printed = output_of({"named-checkconf", "-p", named_conf}, kLimit, kMaxText);
  if (printed.status != 0) return Error{Reason::bad_argument, command + ": " + printed.text};
  if (printed.is_cut)
    return Error{Reason::bad_argument,
                 command + ": prints more than " + std::to_string(kMaxText) + " bytes, which were not read"};
  std::istringstream lines(printed.text);
  fs::path base;
  std::set<std::string> named;
  std::string block;
  for (std::string line; std::getline(lines, line);) {
    const auto word = line.find_first_not_of(" \t");
    const std::string_view rest = word == line.npos ? "" : std::string_view(line).substr(word);
    if (word == 0) block = line.substr(0, line.find(' '));
    if (rest.starts_with("directory ") && block == "options") base = quoted_value(rest);
    if (rest.starts_with("directory ") && block == "key-store") named.insert(quoted_value(rest));
    if (rest.starts_with("key-directory ")) named.insert(quoted_value(rest));
  }
  std::vector<std::string> directories;
  for (const auto& one : named) directories.push_back((base / one).string());
  if (!base.empty()) directories.push_back(base.string());
  return directories;
}

Result<std::vector<std::string>> directories_of(const std::string& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) return std::vector<std::string>{path};
  if (!fs::exists(path, failed))
    return Error{Reason::bad_argument, "--bind " + path + ": " + std::generic_category().message(ENOENT)};
  return directories_in(path);
}

struct KFiles {
  std::vector<std::string> labelled;     // K*.private files
  std::vector<std::string> others;       // K*.private files that this process cannot read
  std::vector<std::string> directories;  // that this process cannot list
};

void add_files(const std::string& directory, KFiles& files) {
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('K') || !name.ends_with(kEnding)) continue;
    const std::string path = entry->path().string();
    if (!read_k_file(path))
      files.others.push_back(path);
    else if (!label_in(path).empty())
      files.labelled.push_back(path);
  }
  if (failed) files.directories.push_back(directory);
}

// One step for all files, or all directories, that cannot be read.
void report_unreadable(const char* setting, std::vector<std::string> paths, FileUse::Access access,
                       const User* user, Checkup& checkup) {
  if (paths.empty()) return;
  std::sort(paths.begin(), paths.end());
  const auto verdicts = try_files(user, {{setting, paths.front(), access}});
  if (!verdicts) return checkup.bad(kFiles, verdicts.error());
  const FileVerdict& verdict = verdicts->front();
  std::string finding = verdict.finding.empty() ? paths.front() + ": cannot be read" : verdict.finding;
  if (paths.size() > 1) finding += "; " + std::to_string(paths.size() - 1) + " more cannot be read";
  checkup.bad(kFiles, finding, verdict.cure.empty() ? "run the doctor as root, with --as" : verdict.cure);
}

std::string stem_of(const std::string& file) { return file.substr(0, file.size() - kEnding.size()); }

// The key as in a DNSKEY record: X‖Y (RFC 6605), or exponent length, exponent, modulus (RFC 3110).
Bytes dnskey_of(const n200::KeyRecord& record) {
  if (record.modulus.empty()) return record.public_key;
  const auto without_zeros = [](const Bytes& number) {
    return Bytes(std::find_if(number.begin(), number.end(), [](auto byte) { return byte != 0; }),
                 number.end());
  };
  const Bytes exponent = without_zeros(record.exponent);
  const Bytes modulus = without_zeros(record.modulus);
  Bytes key{
      static_cast<Bytes::value_type>(exponent.size())};  // an exponent of more than 255 bytes does not occur
  key.insert(key.end(), exponent.begin(), exponent.end());
  key.insert(key.end(), modulus.begin(), modulus.end());
  return key;
}

// Ignores the attributes that the provider ignores.
Result<n200::KeyRecord> key_of_label(n200::Device& device, const std::string& label) {
  SESAM_TRY(uri, n200::KeyUri::parse(label));
  if (uri.names_no_key()) return Error{Reason::bad_uri, "its label does not name a key"};
  return device.find_key(uri);
}

constexpr char kNewLabel[] = "replace the label, as docs/BIND.md describes under \"Engine labels\"";

// Whether BIND 9.20 reads the label, and it holds no PIN. `told`: what is told once, for the first file.
bool check_form(const std::string& file, std::set<std::string>& told, Checkup& checkup) {
  const Label label = label_of(file);
  const auto uri = n200::KeyUri::parse(label.text);
  const bool has_pin = uri && !uri->pin_value.empty();
  if (label.names_engine && told.insert("engine").second)
    checkup.bad(kFiles,
                file + ": has a line \"Engine:\", with which BIND 9.20 refuses the key (\"no engine\")",
                "remove such lines, as docs/BIND.md describes under \"Engine labels\"");
  if (!label.is_terminated && told.insert("end").second)
    checkup.bad(kFiles,
                file +
                    ": its label does not end in a zero byte; BIND before 9.20.27 reads past its end, and "
                    "later versions refuse the key",
                kNewLabel);
  if (has_pin && told.insert("pin").second)
    checkup.warn(
        kFiles,
        file +
            ": its label contains a PIN, which BIND writes into its log, and which counts instead of "
            "that of openssl.cnf",
        kNewLabel);
  return !label.names_engine && label.is_terminated && !has_pin;
}

// Does not print the label, which may contain a PIN.
bool check_file(const std::string& file, n200::Device& device, Checkup& checkup) {
  const std::string label = label_in(file);
  if (!n200::has_key_uri_scheme(label)) {
    checkup.bad(kKeys, file + ": its label is not a sesam: or pkcs11: URI",
                std::string(kNewLabel) + "; to print the key's URI, run: sesam uri KEY");
    return false;
  }
  const auto found = key_of_label(device, label);
  if (!found) {
    const Error error{found.error().reason, file + ": " + found.error().detail};
    if (error.reason == Reason::unknown_key)
      checkup.bad(kKeys, error, kMissing);
    else
      checkup.bad(kKeys, error);
    return false;
  }
  const auto text = read_k_file(stem_of(file) + ".key");
  const auto dnskey = text ? keymgmt::parse_bind_dnskey(text->reveal()) : std::nullopt;
  if (!dnskey) {
    checkup.bad(kKeys, stem_of(file) + ".key: " + (text ? "has no DNSKEY record" : text.error().detail),
                "restore the file from a backup");
    return false;
  }
  if (dnskey->public_key == dnskey_of(*found)) return true;
  checkup.bad(
      kKeys,
      file + ": its label names the key '" + name_to_tell(*found) + "' (" + found->key_id +
          "), whose public key is not that of the DNSKEY in " + stem_of(file) + ".key",
      "change the label to the key that belongs to this DNSKEY; do not publish or remove a DNSKEY for it");
  return false;
}

}  // namespace

std::vector<std::string> check_bind_files(const std::string& path, const User* user, Checkup& checkup) {
  KFiles found;
  std::vector<std::string>& files = found.labelled;
  const auto directories = directories_of(path);
  if (!directories) {
    checkup.bad(kFiles, directories.error(), "name named's key-directory, or its named.conf");
    return files;
  }
  for (const auto& directory : *directories) add_files(directory, found);
  std::sort(files.begin(), files.end());
  report_unreadable("key-directory", found.directories, FileUse::Access::list, user, checkup);
  report_unreadable("K file", found.others, FileUse::Access::read, user, checkup);
  bool good = found.directories.empty() && found.others.empty();
  if (files.empty() && !good) return files;
  if (files.empty()) {
    checkup.warn(kFiles,
                 "no K*.private file with a label in " + (directories->empty() ? path : directories->front()),
                 "name named's key-directory, or its named.conf");
    return files;
  }
  std::vector<FileUse> uses;
  for (const auto& file : files)
    for (const auto& [one, access] :
         {std::pair(file, FileUse::Access::read), std::pair(stem_of(file) + ".key", FileUse::Access::read),
          std::pair(stem_of(file) + ".state", FileUse::Access::replace)})
      uses.push_back({"K file", one, access});
  const auto verdicts = try_files(user, uses);
  if (!verdicts) {
    checkup.bad(kFiles, verdicts.error());
    return files;
  }
  std::set<std::string> told;  // each cure once, as one directory has many files
  for (const auto& file : files) good = check_form(file, told, checkup) && good;
  for (const auto& verdict : *verdicts) {
    good = good && verdict.finding.empty();
    if (!verdict.finding.empty() && told.insert(verdict.cure).second)
      checkup.bad(kFiles, verdict.finding, verdict.cure);
  }
  if (good)
    checkup.good(kFiles, std::to_string(files.size()) + " with a label, usable for user '" +
                             (user == nullptr ? own_user() : *user).name + "'");
  return files;
}

void check_bind_keys(const std::vector<std::string>& files, n200::Device* device, Checkup& checkup) {
  if (files.empty()) return checkup.skip({kKeys}, "no K files with a label were found");
  if (device == nullptr) return checkup.skip({kKeys}, "the device cannot be reached");
  std::size_t good = 0;
  for (const auto& file : files) good += check_file(file, *device, checkup) ? 1 : 0;
  if (good == files.size())
    checkup.good(kKeys,
                 std::to_string(good) + " in the device, with the public keys of their DNSKEY records");
}

}  // namespace sesam::cli
