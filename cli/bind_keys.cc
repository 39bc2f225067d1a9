// SPDX-License-Identifier: Apache-2.0
#include "cli/bind_keys.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/key_directory.h"
#include "keymgmt/bind_key_text.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".private";
constexpr mode_t kPrivateMode = 0600;
constexpr mode_t kPublicMode = 0644;

Error unfit(const std::string& path, std::string_view problem) {
  return {Reason::bad_argument, path + ": " + std::string(problem)};
}

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code ignored;
  return fs::equivalent(one, other, ignored);
}

std::string without_ending(const std::string& path) { return path.substr(0, path.size() - kEnding.size()); }

Result<void> check_same_key(const std::string& path, const keymgmt::EcKeyFile& key) {
  SESAM_TRY(other, keymgmt::read_ec_key_file(path));
  if (other.pair.public_key == key.pair.public_key) return {};
  return unfit(path, "holds another private key; move it away");
}

Result<keymgmt::BindDnskey> dnskey_in(const std::string& path) {
  SESAM_TRY(text, read_k_file(path));
  auto dnskey = keymgmt::parse_bind_dnskey(text.reveal());
  if (!dnskey) return unfit(path, "has no DNSKEY record");
  return *std::move(dnskey);
}

// The zone from the K*.key file in the directory, or else from the one beside the given file.
Result<std::string> zone_of(const BindKey& key) {
  const bool is_in_directory = is_there(key.stem + ".key");
  const std::string path = (is_in_directory ? key.stem : without_ending(key.given)) + ".key";
  SESAM_TRY(dnskey, dnskey_in(path));
  if (dnskey.public_key == key.key.pair.public_key) return std::move(dnskey.zone);
  return unfit(path, "its DNSKEY is not that of the private key in " + key.given);
}

// Users who can write to the directory of the given file must not choose what root reads and copies.
Result<KFile> public_file_of(const BindKey& key, const std::string& ending) {
  const std::string path = without_ending(key.given) + ending;
  struct stat given {};
  SESAM_TRY(found, read_k_file_without_link(path));
  if (::stat(key.given.c_str(), &given) == 0 && given.st_uid == found.status.st_uid) return std::move(found);
  return unfit(path, "belongs to another user than " + key.given);
}

// Writes K*.private last: without it, BIND treats the key as public only.
Result<void> add_to_directory(const BindKey& key, std::string_view text) {
  for (const auto& ending : key.missing) {
    const std::string path = key.stem + ending;
    SESAM_TRY(copied, public_file_of(key, ending));
    SESAM_TRY(marks, marks_for(path, copied.status.st_mode & kPublicMode));
    SESAM_CHECK(replace_k_file(path, copied.text.reveal(), marks));
  }
  SESAM_TRY(marks, marks_for(key.target(), kPrivateMode));
  return replace_k_file(key.target(), text, marks);
}

void remove_from_directory(const BindKey& key) {
  ::unlink(key.target().c_str());  // which holds a label; the private key is in `given`
  for (const auto& ending : key.missing) ::unlink((key.stem + ending).c_str());
}

Result<void> check_unchanged(const BindKey& key) {
  SESAM_TRY(now, read_k_file(key.target()));
  if (now == key.text) return {};
  return unfit(key.target(), "was changed meanwhile; stop named and try again");
}

}  // namespace

Result<std::string> stem_in(const std::string& directory, const std::string& given) {
  const fs::path path(given);
  const std::string name = path.filename().string();
  if (!name.starts_with('K') || path.extension() != kEnding)
    return unfit(given, "is not a K*.private file of BIND");
  std::error_code failed;
  const fs::path whole = fs::canonical(directory, failed);
  if (failed) return unfit(directory, failed.message());
  if (!fs::is_directory(whole, failed)) return unfit(directory, "is not a directory");
  return (whole / path.stem()).string();
}

Result<std::string> zone_in_directory(const std::string& stem) {
  SESAM_TRY(dnskey, dnskey_in(stem + ".key"));
  return std::move(dnskey.zone);
}

bool uses_label(const std::string& target) {
  const auto text = read_k_file(target);
  return text && !keymgmt::bind_field(text->reveal(), keymgmt::kBindLabel).empty();
}

bool has_private_key(const std::string& target) {
  const auto text = read_k_file(target);
  return text && keymgmt::bind_field(text->reveal(), keymgmt::kBindLabel).empty() &&
         !keymgmt::bind_field(text->reveal(), keymgmt::kBindPrivateKey).empty();
}

Result<BindKey> read_bind_key(const std::string& given, const std::string& stem) {
  SESAM_TRY(pair, keymgmt::read_ec_key_file(given));
  BindKey key{given, fs::path(stem).filename().string(), stem, {}, {}, std::move(pair)};
  key.is_new = !is_there(key.target());
  SESAM_TRY(zone, zone_of(key));
  key.zone = std::move(zone);
  SESAM_CHECK(marks_for(key.target(), kPrivateMode));
  const std::string directory = fs::path(stem).parent_path().string();
  if (::access(directory.c_str(), W_OK) != 0) return unfit(directory, std::strerror(errno));
  SESAM_TRY(text, read_k_file(key.is_new ? given : key.target()));
  if (keymgmt::bind_field(text.reveal(), keymgmt::kBindPrivateKey).empty())
    return unfit(key.target(), "is not a K*.private file of BIND");
  key.text = std::move(text);
  if (!key.is_new && !is_same_file(given, key.target())) SESAM_CHECK(check_same_key(key.target(), key.key));
  key.is_saved = is_there(key.saved());
  if (key.is_saved) {
    SESAM_CHECK(marks_for(key.saved(), kPrivateMode));  // not a link, which could lead to the file to replace
    SESAM_CHECK(check_same_key(key.saved(), key.key));
  }
  for (const char* ending : {".key", ".state"})
    if (key.is_new && !is_there(key.stem + ending) && is_there(without_ending(given) + ending))
      key.missing.emplace_back(ending);
  return key;
}

Result<void> replace_by_label(const BindKey& key, const std::string& label) {
  const Secret text = keymgmt::replace_bind_field(key.text.reveal(), keymgmt::kBindPrivateKey,
                                                  keymgmt::bind_label_line(label));
  if (key.is_new) {
    auto added = add_to_directory(key, text.reveal());
    if (!added) remove_from_directory(key);
    return added;
  }
  SESAM_CHECK(check_unchanged(key));
  SESAM_TRY(marks, marks_for(key.target(), kPrivateMode));
  if (!key.is_saved) SESAM_CHECK(keep_as(key.target(), key.saved()));
  auto replaced = replace_k_file(key.target(), text.reveal(), marks);
  if (!replaced && !key.is_saved) ::unlink(key.saved().c_str());  // the file's first name is still there
  return replaced;
}

Result<void> restore(const BindKey& key) {
  if (key.is_new) {
    remove_from_directory(key);
    return {};
  }
  if (!key.is_saved && ::rename(key.saved().c_str(), key.target().c_str()) == 0) return {};
  SESAM_TRY(marks, marks_for(key.target(), kPrivateMode));
  return replace_k_file(key.target(), key.text.reveal(), marks);
}

Result<RestoredFile> with_private_key(const std::string& given, const std::string& stem) {
  const std::string target = stem + std::string(kEnding);
  const std::string source =
      is_same_file(given, target) || !is_there(given) ? target + std::string(kSavedEnding) : given;
  if (!is_there(source)) return unfit(source, "is not there; name the saved file at its present place");
  SESAM_TRY(now, read_k_file(target));
  if (keymgmt::bind_field(now.reveal(), keymgmt::kBindLabel).empty())
    return unfit(target, "has no label; there is nothing to undo");
  SESAM_TRY(key, keymgmt::read_ec_key_file(source));
  SESAM_TRY(dnskey, dnskey_in(stem + ".key"));
  if (dnskey.public_key != key.pair.public_key)
    return unfit(source, "its private key is not that of the DNSKEY in " + stem + ".key");
  SESAM_TRY(before, read_k_file(source));
  Secret line(std::string(keymgmt::kBindPrivateKey) + ": ");
  line.append(keymgmt::bind_field(before.reveal(), keymgmt::kBindPrivateKey));
  SESAM_TRY(marks, marks_for(target, kPrivateMode));
  return RestoredFile{target, keymgmt::replace_bind_field(now.reveal(), keymgmt::kBindLabel, line.reveal()),
                      marks};
}

}  // namespace sesam::cli
