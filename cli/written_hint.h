// SPDX-License-Identifier: Apache-2.0
// Finds values in openssl.cnf that libcrypto changes: it interprets #, \, quotes and $ in them.
#pragma once

#include <string>
#include <string_view>

namespace sesam::cli {

/// Both empty: OpenSSL reads the value as it is written.
struct WrittenHint {
  std::string finding;  ///< "FILE, line 7: the value of 'pass' ends at the '#'", never with the value
  std::string cure;
};

/// Why OpenSSL reads another value than the one that is written. `surely_unwanted`: reports only a '#' within
/// a word, as a '#' after a blank or the other characters may be intended.
WrittenHint hint_about_written_value(const std::string& cnf, std::string_view setting, bool surely_unwanted);

}  // namespace sesam::cli
