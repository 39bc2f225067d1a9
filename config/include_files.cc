// SPDX-License-Identifier: Apache-2.0
#include "config/include_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <variant>

#include "base/file.h"

namespace sesam::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kInclude = ".include";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Walks through a file and what it includes.
class Search {
 public:
  explicit Search(std::string_view key) : key_(key) {}

  void look_into(const fs::path& path) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
      for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed))
        if ((entry->path().extension() == ".cnf" || entry->path().extension() == ".conf") &&
            !entry->is_directory(failed))  // as OpenSSL
          look_into(entry->path());
    } else if (seen_.insert(path.string()).second) {
      look_into_file(path);
    }
  }

  std::vector<std::string> found;

 private:
  void look_into_file(const fs::path& path) {
    const auto text = read_file(path.string());
    if (!std::holds_alternative<Secret>(text)) return;
    bool sets_it = false;
    for (std::string_view rest = std::get<Secret>(text).reveal(); !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto line = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      sets_it |= sets_key(line);
      if (line.starts_with(kInclude)) include(line.substr(kInclude.size()));
    }
    if (sets_it) found.push_back(path.string());
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

std::vector<std::string> files_that_set(const std::string& cnf, std::string_view key) {
  Search search(key);
  search.look_into(cnf);
  if (search.found.empty()) search.found.push_back(cnf);
  return std::move(search.found);
}

}  // namespace sesam::config
