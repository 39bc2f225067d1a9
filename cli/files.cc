// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace sesam::cli {
namespace {

using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;

constexpr std::size_t kBlockBytes = 64 * 1024;

Error unusable(const std::string& path) { return {Reason::bad_argument, path + ": " + std::strerror(errno)}; }

}  // namespace

Result<void> read_input(const std::string& path, const std::function<void(std::span<unsigned char>)>& take) {
  const std::string name = path.empty() ? "stdin" : path;
  const File opened(path.empty() ? nullptr : std::fopen(path.c_str(), "re"));
  if (!path.empty() && !opened) return unusable(name);
  std::FILE* file = opened ? opened.get() : stdin;
  std::vector<unsigned char> block(kBlockBytes);
  while (const std::size_t length = std::fread(block.data(), 1, block.size(), file))
    take({block.data(), length});
  return std::ferror(file) != 0 ? unusable(name) : Result<void>();
}

Result<std::string> read_whole(const std::string& path) {
  std::string text;
  SESAM_CHECK(read_input(
      path, [&](std::span<const unsigned char> block) { text.append(block.begin(), block.end()); }));
  return text;
}

}  // namespace sesam::cli
