// SPDX-License-Identifier: Apache-2.0
// What openssl.cnf makes of a value: libcrypto interprets #, \, quotes and $ in it.
#pragma once

#include <string>
#include <string_view>

namespace sesam::cli {

/// Both empty: OpenSSL reads the value as it is written.
struct WrittenHint {
  std::string finding;  ///< "FILE, line 7: the value of 'pass' ends at the '#'", never with the value
  std::string cure;
};

/// Why OpenSSL reads another value than the one that is written. `surely_unwanted`: a '#' after a blank does
/// not count, as it may begin a comment on purpose, nor do the other characters.
WrittenHint hint_about_written_value(const std::string& cnf, std::string_view setting, bool surely_unwanted);

}  // namespace sesam::cli
