// SPDX-License-Identifier: Apache-2.0
// The K files of a key that BIND has in files, before they are changed.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "keymgmt/key_file.h"

namespace sesam::cli {

/// What the second name of a replaced K*.private ends in. BIND reads no such file.
inline constexpr std::string_view kSavedEnding = ".saved";

/// One K*.private, and its place in named's key-directory.
struct BindKey {
  std::string given;  ///< the file with the private key
  std::string name;   ///< "Kjp.example.+013+12345"
  std::string stem;   ///< DIR/Kjp.example.+013+12345
  std::string zone;   ///< "jp.example"
  Secret text;        ///< of the K*.private in the directory; of `given` where there is none
  keymgmt::EcKeyFile key;
  bool is_new = false;                 ///< the directory has no such K*.private
  bool is_saved = false;               ///< by an earlier import
  std::vector<std::string> missing{};  ///< endings of the other files that the directory lacks

  std::string target() const { return stem + ".private"; }
  std::string saved() const { return target() + std::string(kSavedEnding); }
};

/// Where the K*.private `given` is, or is to be, in the directory: without ".private". Raises bad_argument.
Result<std::string> stem_in(const std::string& directory, const std::string& given);

/// The zone of the K*.key file there. Raises bad_argument.
Result<std::string> zone_in_directory(const std::string& stem);

/// Whether the file there names its key by a label already.
bool uses_label(const std::string& target);

/// Reads the files and checks that they all belong to one key. Changes nothing. Raises bad_argument and what
/// keymgmt::read_ec_key_file raises.
Result<BindKey> read_bind_key(const std::string& given, const std::string& stem);

/// Puts the label into the directory's K*.private, after giving the file a second name; where that is new,
/// copies K*.key and K*.state too. On failure everything is as before. Raises bad_argument.
Result<void> replace_by_label(const BindKey& key, const std::string& label);

/// Undoes replace_by_label(), which has succeeded. Raises bad_argument.
Result<void> restore(const BindKey& key);

/// Puts the private key of `given`, or of the saved file if that is the directory's own, in place of the
/// label. Raises bad_argument.
Result<void> put_private_key_back(const std::string& given, const std::string& stem);

}  // namespace sesam::cli
