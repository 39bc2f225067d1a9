// SPDX-License-Identifier: Apache-2.0
// Which shared libraries an ELF file was linked with.
#pragma once

#include <string>
#include <vector>

namespace sesam::cli {

/// The file's DT_NEEDED entries (elf(5)); none where it is no ELF file of this machine's kind.
std::vector<std::string> needed_libraries(const std::string& path);

/// The one that is libcrypto ("libcrypto.so.3"); empty where it was linked with none.
std::string needed_libcrypto(const std::string& path);

}  // namespace sesam::cli
