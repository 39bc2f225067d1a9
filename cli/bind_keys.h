// SPDX-License-Identifier: Apache-2.0
// The K files of a BIND key: reads them, replaces the private key by a label, and undoes that.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "keymgmt/key_file.h"

namespace sesam::cli {

/// The ending of the second name of a replaced K*.private file. BIND ignores such files.
inline constexpr std::string_view kSavedEnding = ".saved";

/// A K*.private file, and its place in named's key-directory.
struct BindKey {
  std::string given;  ///< the file with the private key
  std::string name;   ///< "Kjp.example.+013+12345"
  std::string stem;   ///< DIR/Kjp.example.+013+12345
  std::string zone;   ///< "jp.example"
  Secret text;        ///< of the K*.private file in the directory, or of `given` if there is none
  keymgmt::EcKeyFile key;
  bool is_new = false;                 ///< the directory has no such K*.private
  bool is_saved = false;               ///< an earlier import left saved()
  std::vector<std::string> missing{};  ///< endings of the other K files to copy to the directory

  std::string target() const { return stem + ".private"; }
  std::string saved() const { return target() + std::string(kSavedEnding); }
};

/// The path in the directory for the K*.private file `given`, without ".private". Raises bad_argument.
Result<std::string> stem_in(const std::string& directory, const std::string& given);

/// The zone of the DNSKEY record in the K*.key file. Raises bad_argument.
Result<std::string> zone_in_directory(const std::string& stem);

/// Whether the file already names its key by a label; false if it cannot be read.
bool uses_label(const std::string& target);

/// Reads the files and checks that they all belong to one key. Changes nothing. Raises bad_argument and what
/// keymgmt::read_ec_key_file raises.
Result<BindKey> read_bind_key(const std::string& given, const std::string& stem);

/// Replaces the private key in the directory's K*.private by the label, and keeps the old file as saved().
/// For a new key, copies K*.key and K*.state too. Changes nothing on failure. Raises bad_argument.
Result<void> replace_by_label(const BindKey& key, const std::string& label);

/// Undoes a successful replace_by_label(). Raises bad_argument.
Result<void> restore(const BindKey& key);

/// Whether the file contains its private key and no label; false if it cannot be read.
bool has_private_key(const std::string& target);

/// A K*.private file with its private key in place of the label.
struct RestoredFile {
  std::string target;
  Secret text;
  struct stat marks;
};
/// Takes the private key from `given`, or from the saved file if `given` is missing or is the directory's own
/// file. Changes nothing. Raises bad_argument.
Result<RestoredFile> with_private_key(const std::string& given, const std::string& stem);

}  // namespace sesam::cli
