// SPDX-License-Identifier: Apache-2.0
#include "config/include_files.h"

#include <openssl/conf.h>
#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <variant>

#include "base/file.h"
#include "base/trimmed.h"
#include "config/openssl_cnf.h"
#include "ossl/handles.h"

namespace sesam::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInclude = ".include";
constexpr std::string_view kPragma = ".pragma";
constexpr std::size_t kMaxFiles = 1000;  // files may include each other in many ways
constexpr std::size_t kMaxText = 16 << 20;

// Marks before a value: whether its line has text of its own or only variables, and its file's number.
constexpr char kText = '\1', kVariables = '\2', kMarkEnd = '\3';
constexpr char kMarks[] = {kText, kVariables, '\0'};

WipedConf loaded(const Secret& text) {
  WipedConf conf(NCONF_new(nullptr));
  const auto reader = ossl::reader_of(text.reveal());
  ERR_set_mark();
  const bool done = conf && reader && NCONF_load_bio(conf.get(), reader.get(), nullptr) == 1;
  ERR_pop_to_mark();
  return done ? std::move(conf) : nullptr;
}

// The values of `key` in all sections.
std::vector<Secret> values_in(const CONF* conf, std::string_view key) {
  std::vector<Secret> values;
  STACK_OF(OPENSSL_CSTRING)* sections = NCONF_get_section_names(conf);
  for (int i = 0; i < sk_OPENSSL_CSTRING_num(sections); ++i) {
    const auto* section = NCONF_get_section(conf, sk_OPENSSL_CSTRING_value(sections, i));
    for (int j = 0; j < sk_CONF_VALUE_num(section); ++j)
      if (const auto* value = sk_CONF_VALUE_value(section, j); key == value->name)
        values.emplace_back(value->value == nullptr ? "" : value->value);
  }
  sk_OPENSSL_CSTRING_free(sections);
  return values;
}

// Removes a leading "NAME" or "NAME::NAME", as libcrypto parses the name of a variable.
std::string_view after_name(std::string_view text) {
  const auto skip = [&] {
    while (!text.empty() && (std::isalnum(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_'))
      text.remove_prefix(1);
  };
  skip();
  if (!text.starts_with("::")) return text;
  text.remove_prefix(2);
  skip();
  return text;
}

// Whether a value consists only of variables, "$x", "${section::x}" or "$(x)", apart from a comment.
bool has_only_variables(std::string_view value, bool only_in_braces) {
  value = trimmed(value.substr(0, value.find('#')));
  while (value.starts_with('$')) {
    value.remove_prefix(1);
    const char end = value.starts_with('{') ? '}' : value.starts_with('(') ? ')' : '\0';
    if (end == '\0' && only_in_braces) return false;
    value = after_name(value.substr(end == '\0' ? 0 : 1));
    if (end == '\0') continue;
    if (!value.starts_with(end)) return false;
    value.remove_prefix(1);
  }
  return value.empty();
}

/// Reads a file and the files that it includes, as OpenSSL does.
class Search {
 public:
  explicit Search(std::string_view key) : key_(key) {}
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  void look_into(const fs::path& path) {
    if (open_.size() + files_.size() > kMaxFiles || plain_.reveal().size() > kMaxText) {
      problem = "too many or too large files are included";
      return;
    }
    if (!open_.insert(path.string()).second) return;  // the file includes itself
    if (std::find(visited.begin(), visited.end(), path.string()) == visited.end())
      visited.push_back(path.string());
    std::error_code failed;
    if (!fs::is_directory(path, failed))
      look_into_file(path);
    else
      for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed))
        if ((entry->path().extension() == ".cnf" || entry->path().extension() == ".conf") &&
            !entry->is_directory(failed))  // as OpenSSL does
          look_into(entry->path());
    open_.erase(path.string());
  }

  /// What was found about the key.
  Origin origin() const {
    Origin result{{}, {}, problem};
    const auto add = [](std::vector<std::string>& files, const std::string& file) {
      if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
    };
    for (const auto& value : found)
      add(has_only_variables(value.text.reveal(), only_in_braces_) ? result.variables : result.texts,
          value.file);
    const auto conf = loaded(marked_);
    if (!conf && problem.empty()) result.problem = "OpenSSL cannot expand its variables";
    if (!conf) return result;
    const auto values = values_in(conf.get(), key_);
    bool is_marked = !values.empty();
    for (const Secret& secret : values) {
      const std::string_view value = secret.reveal();
      is_marked = is_marked && value.find(kMarkEnd) != value.npos;
      for (std::size_t at = 0; (at = value.find_first_of(kMarks, at)) != value.npos; ++at)
        if (const auto file = file_of_mark(value.substr(at + 1)))
          add(value[at] == kText ? result.texts : result.variables, *file);
    }
    if (!is_marked && result.problem.empty()) result.problem = "the line that sets it was not found";
    return result;
  }

  std::vector<WrittenValue> found;
  std::vector<std::string> visited;
  std::string problem;

 private:
  void look_into_file(const fs::path& path) {
    const auto text = read_file(path.string());
    if (const int* failed = std::get_if<int>(&text)) {
      if (*failed != ENOENT && *failed != EACCES) problem = path.string() + ": " + std::strerror(*failed);
      return;
    }
    files_.push_back(path.string());
    const auto file = files_.size() - 1;
    unsigned number = 0;
    bool continues = false;
    for (std::string_view rest = std::get<Secret>(text).reveal(); !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto whole = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      look_into_line(whole, continues, file, ++number);
      const auto line = whole.substr(0, whole.find_last_not_of('\r') + 1);
      continues = line.ends_with('\\') && !line.ends_with("\\\\");
    }
    add_text("\n", "\n");  // ends a last line that has a trailing backslash
  }

  void look_into_line(std::string_view whole, bool continues, std::size_t file, unsigned number) {
    const auto line = trimmed(whole);
    if (!continues && line.starts_with(kInclude)) return include(line.substr(kInclude.size()), file, number);
    const auto equals = whole.find('=');
    if (continues || equals == whole.npos || line.starts_with('#') || line.starts_with('[') ||
        line.starts_with(kPragma)) {
      if (!continues && line.starts_with(kPragma)) obey_pragma(line.substr(kPragma.size()));
      return add_text(whole, whole);
    }
    const auto value = whole.substr(equals + 1);
    if (sets_key(line)) found.push_back({files_[file], number, Secret(trimmed(value))});
    std::string mark(whole.substr(0, equals + 1));
    mark += has_only_variables(value, only_in_braces_) ? kVariables : kText;
    mark += std::to_string(file) + kMarkEnd;
    add_text(whole, mark, value);
  }

  void add_text(std::string_view plain, std::string_view marked, std::string_view marked_rest = {}) {
    for (const auto part : {plain, std::string_view("\n")}) plain_.append(part);
    for (const auto part : {marked, marked_rest, std::string_view("\n")}) marked_.append(part);
  }

  std::optional<std::string> file_of_mark(std::string_view text) const {
    std::size_t file = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), file);
    if (failed != std::errc() || end == text.data() + text.size() || *end != kMarkEnd ||
        file >= files_.size())
      return std::nullopt;
    return files_[file];
  }

  bool sets_key(std::string_view line) const {
    const auto equals = line.find('=');
    if (equals == line.npos) return false;
    auto name = trimmed(line.substr(0, equals));
    if (const auto colons = name.rfind("::"); colons != name.npos) name.remove_prefix(colons + 2);
    return name == key_;
  }

  static std::string_view argument_of(std::string_view rest) {
    rest = trimmed(rest);
    return rest.starts_with('=') ? trimmed(rest.substr(1)) : rest;
  }

  void obey_pragma(std::string_view rest) {
    constexpr std::string_view kDirectory = "includedir:";
    rest = argument_of(rest);
    if (rest.starts_with(kDirectory)) directory_ = trimmed(rest.substr(kDirectory.size()));
    only_in_braces_ = only_in_braces_ || rest.starts_with("dollarid");
  }

  // ".include PATH" or ".include = PATH"; a relative path is resolved in OPENSSL_CONF_INCLUDE if that is set.
  void include(std::string_view rest, std::size_t file, unsigned number) {
    rest = argument_of(rest);
    if (rest.empty()) return;
    const auto path = expanded(rest);
    if (!path) {
      problem = files_[file] + ", line " + std::to_string(number) + ": OpenSSL cannot expand the path";
      return;
    }
    const char* directory = secure_getenv("OPENSSL_CONF_INCLUDE");
    look_into(fs::path(directory == nullptr ? directory_ : directory) / *path);
  }

  // Lets OpenSSL expand the path, with the variables that are set so far.
  std::optional<std::string> expanded(std::string_view path) const {
    if (path.find_first_of("$\\\"'`#") == path.npos) return std::string(path);
    constexpr std::string_view kName = "sesam_expanded_path";
    Secret text = plain_.clone();
    for (const auto part : {kName, std::string_view(" = "), path, std::string_view("\n")}) text.append(part);
    const auto conf = loaded(text);
    const auto values = conf ? values_in(conf.get(), kName) : std::vector<Secret>();
    return values.empty() ? std::nullopt : std::optional(std::string(values.front().reveal()));
  }

  const std::string_view key_;
  std::set<std::string> open_;      // the files that are being read
  std::vector<std::string> files_;  // the files that were read, some more than once
  Secret plain_, marked_;           // all lines in the order in which OpenSSL reads them
  std::string directory_;           // base of relative paths
  bool only_in_braces_ = false;     // "dollarid": a '$' without braces is literal
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

Origin origin_of(const std::string& cnf, std::string_view key) {
  Search search(key);
  search.look_into(cnf);
  return search.origin();
}

}  // namespace sesam::config
