// SPDX-License-Identifier: Apache-2.0
#include "config/include_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <variant>

#include "base/file.h"
#include "base/trimmed.h"

namespace sesam::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInclude = ".include";

/// Walks through a file and what it includes.
class Search {
 public:
  explicit Search(std::string_view key) : key_(key) {}

  void look_into(const fs::path& path) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
      if (!seen_.insert(path.string()).second) return;
      visited.push_back(path.string());
      for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed))
        if ((entry->path().extension() == ".cnf" || entry->path().extension() == ".conf") &&
            !entry->is_directory(failed))  // as OpenSSL
          look_into(entry->path());
    } else if (seen_.insert(path.string()).second) {
      visited.push_back(path.string());
      look_into_file(path);
    }
  }

  std::vector<WrittenValue> found;
  std::vector<std::string> visited;

 private:
  void look_into_file(const fs::path& path) {
    const auto text = read_file(path.string());
    if (!std::holds_alternative<Secret>(text)) return;
    unsigned number = 0;
    for (std::string_view rest = std::get<Secret>(text).reveal(); !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto line = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++number;
      if (sets_key(line))
        found.push_back({path.string(), number, Secret(trimmed(line.substr(line.find('=') + 1)))});
      if (line.starts_with(kInclude)) include(line.substr(kInclude.size()));
    }
  }

  bool sets_key(std::string_view line) const {
    const auto equals = line.find('=');
    if (equals == line.npos) return false;
    auto name = trimmed(line.substr(0, equals));
    if (const auto colons = name.rfind("::"); colons != name.npos) name.remove_prefix(colons + 2);
    return name == key_;
  }

  // ".include PATH" or ".include = PATH"; a relative one is under OPENSSL_CONF_INCLUDE where that is set.
  void include(std::string_view rest) {
    rest = trimmed(rest);
    if (rest.starts_with('=')) rest = trimmed(rest.substr(1));
    if (rest.empty()) return;
    const char* directory = secure_getenv("OPENSSL_CONF_INCLUDE");
    look_into(directory == nullptr ? fs::path(rest) : fs::path(directory) / rest);
  }

  const std::string_view key_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<WrittenValue> written_values(const std::string& cnf, std::string_view key) {
  Search search(key);
  search.look_into(cnf);
  return std::move(search.found);
}

std::vector<std::string> included_files(const std::string& cnf) {
  Search search({});
  search.look_into(cnf);
  return std::move(search.visited);
}

std::vector<std::string> files_that_set(const std::string& cnf, std::string_view key) {
  std::vector<std::string> files;
  for (const auto& value : written_values(cnf, key))
    if (files.empty() || files.back() != value.file) files.push_back(value.file);
  if (files.empty()) files.push_back(cnf);
  return files;
}

}  // namespace sesam::config
