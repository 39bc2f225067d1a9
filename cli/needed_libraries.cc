// SPDX-License-Identifier: Apache-2.0
#include "cli/needed_libraries.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace sesam::cli {
namespace {

// Returns nothing beyond the end of the file.
template <class T>
std::optional<T> at(const std::string& file, std::size_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

template <class T>
std::vector<T> all_at(const std::string& file, std::size_t offset, std::size_t count) {
  std::vector<T> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = at<T>(file, offset + i * sizeof(T));
    if (!value) break;
    values.push_back(*value);
  }
  return values;
}

}  // namespace

std::vector<std::string> needed_libraries(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string file = std::move(content).str();
  const auto header = at<ElfW(Ehdr)>(file, 0);
  constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != kClass)
    return {};
  const auto sections = all_at<ElfW(Shdr)>(file, header->e_shoff, header->e_shnum);
  std::vector<std::string> names;
  for (const auto& section : sections) {
    if (section.sh_type != SHT_DYNAMIC || section.sh_link >= sections.size()) continue;
    const std::size_t strings = sections[section.sh_link].sh_offset;
    for (const auto& entry :
         all_at<ElfW(Dyn)>(file, section.sh_offset, section.sh_size / sizeof(ElfW(Dyn)))) {
      const std::size_t name = strings + entry.d_un.d_val;
      if (entry.d_tag == DT_NEEDED && name < file.size()) names.emplace_back(file.c_str() + name);
    }
  }
  return names;
}

std::string needed_libcrypto(const std::string& path) {
  for (const auto& name : needed_libraries(path))
    if (name.starts_with("libcrypto.")) return name;
  return {};
}

}  // namespace sesam::cli
