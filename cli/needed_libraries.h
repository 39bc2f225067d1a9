// SPDX-License-Identifier: Apache-2.0
// Which shared libraries an ELF file was linked with.
#pragma once

#include <string>
#include <vector>

namespace sesam::cli {

/// The file's DT_NEEDED entries (elf(5)); none if it is not an ELF file of this machine's word size.
std::vector<std::string> needed_libraries(const std::string& path);

/// The entry for libcrypto ("libcrypto.so.3"); empty if there is none.
std::string needed_libcrypto(const std::string& path);

}  // namespace sesam::cli
