// SPDX-License-Identifier: Apache-2.0
#include "cli/module_file.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "provider/name.h"

namespace sesam::cli {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

constexpr char kInstall[] = "install sesam.so again, and check that the file system is not full";

/// Reads parts of a file, because a module with debug information is large.
class File {
 public:
  explicit File(const std::string& path) : stream_(path, std::ios::binary) {
    if (!stream_) return;
    stream_.seekg(0, std::ios::end);
    const auto end = stream_.tellg();
    size_ = end < 0 ? 0 : static_cast<std::size_t>(end);
  }

  bool is_open() const { return stream_.is_open(); }
  std::size_t size() const noexcept { return size_; }

  std::string read(std::size_t offset, std::size_t length) {
    if (offset >= size_) return {};
    std::string bytes(std::min(length, size_ - offset), '\0');
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(stream_.gcount()));
    return bytes;
  }

  template <class T>
  std::optional<T> read_as(std::size_t offset) {
    const std::string bytes = read(offset, sizeof(T));
    if (bytes.size() != sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

 private:
  std::ifstream stream_;
  std::size_t size_ = 0;
};

bool is_elf(const std::optional<Header>& header) {
  return header && std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
}

bool is_for_this_machine(const Header& header) {
  const auto own = File("/proc/self/exe").read_as<Header>(0);
  return !own || (header.e_ident[EI_CLASS] == own->e_ident[EI_CLASS] &&
                  header.e_ident[EI_DATA] == own->e_ident[EI_DATA] && header.e_machine == own->e_machine);
}

std::vector<Segment> loaded_segments(File& file, const Header& header) {
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.read_as<Segment>(header.e_phoff + i * sizeof(Segment));
    if (segment && segment->p_type == PT_LOAD) segments.push_back(*segment);
  }
  return segments;
}

// The minimum size of the file according to its headers.
std::size_t expected_size(const Header& header, const std::vector<Segment>& segments) {
  std::size_t end = header.e_phoff + std::size_t{header.e_phnum} * sizeof(Segment);
  end = std::max<std::size_t>(end, header.e_shoff + std::size_t{header.e_shnum} * header.e_shentsize);
  for (const auto& segment : segments) end = std::max<std::size_t>(end, segment.p_offset + segment.p_filesz);
  return end;
}

bool holds(File& file, const std::vector<Segment>& segments, std::string_view text) {
  return std::any_of(segments.begin(), segments.end(), [&](const Segment& segment) {
    return file.read(segment.p_offset, segment.p_filesz).find(text) != std::string::npos;
  });
}

}  // namespace

ModuleFlaw flaw_of_module(const std::string& path) {
  File file(path);
  if (!file.is_open())
    return {std::strerror(errno), "make it readable for the program's user: chmod a+r " + path};
  const auto header = file.read_as<Header>(0);
  if (!is_elf(header)) return {"is not a shared library", kInstall};
  if (!is_for_this_machine(*header))
    return {"is for another kind of machine", "install the sesam.so of this machine's architecture"};
  const auto segments = loaded_segments(file, *header);
  if (const auto expected = expected_size(*header, segments); expected > file.size())
    return {"is truncated: it has " + std::to_string(file.size()) + " of at least " +
                std::to_string(expected) + " bytes",
            kInstall};
  constexpr std::string_view kName(provider::kName, sizeof provider::kName - 1);
  if (!holds(file, segments, "OSSL_provider_init")) return {"is not an OpenSSL provider", {}};
  if (!holds(file, segments, kName)) return {"is another provider's module, not sesam's", {}};
  return {};
}

}  // namespace sesam::cli
