// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_system.h"

#include <fcntl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "base/file.h"
#include "base/trimmed.h"
#include "cli/doctor.h"
#include "cli/listed_providers.h"
#include "cli/output_file.h"
#include "cli/session.h"
#include "cli/setup_block.h"

namespace sesam::cli::setup {
namespace {

namespace fs = std::filesystem;
using config::OpensslCnf;

Error bad(const std::string& path, const std::string& why) {
  return {Reason::bad_configuration, path + ": " + why + "; add the sections of openssl.cnf.example by hand"};
}

std::string block(std::string_view lines) {
  return std::string(kBegin) + std::string(lines) + std::string(kEnd);
}

// Removes the additions of an earlier run.
std::string without_blocks(std::string text) {
  while (true) {
    const auto begin = text.find(kBegin);
    const auto end = begin == text.npos ? text.npos : text.find(kEnd, begin);
    if (end == text.npos) return text;
    text.erase(begin, end + kEnd.size() - begin);
  }
}

struct Line {
  std::string_view text;     // trimmed
  std::size_t next = 0;      // where the next line begins
  std::string_view section;  // that the line belongs to; a header belongs to its own
  bool is_head = false;
};

// Calls `take` with each line of a file in the format of config(5), until that returns true.
template <class Take>
bool any_line(const std::string& text, const Take& take) {
  Line line;
  for (std::size_t at = 0; at < text.size(); at = line.next) {
    line.next = std::min(text.find('\n', at), text.size() - 1) + 1;
    line.text = trimmed(std::string_view(text).substr(at, line.next - at));
    const auto close = line.text.find(']');
    line.is_head = line.text.starts_with('[') && close != line.text.npos;
    if (line.is_head) line.section = trimmed(line.text.substr(1, close - 1));
    if (take(line)) return true;
  }
  return false;
}

// Where the line after "[ name ]" begins.
std::optional<std::size_t> start_of_section(const std::string& text, const std::string& name) {
  std::size_t start = 0;
  const bool found = any_line(text, [&](const Line& line) {
    start = line.next;
    return line.is_head && line.section == name;
  });
  return found ? std::optional(start) : std::nullopt;
}

// Where the line after "key = …" begins in a section, which may have several parts.
std::optional<std::size_t> start_behind(const std::string& text, const std::string& section,
                                        const std::string& key) {
  std::size_t start = 0;
  const bool found = any_line(text, [&](const Line& line) {
    start = line.next;
    const auto equals = line.text.find('=');
    return !line.is_head && line.section == section && equals != line.text.npos &&
           trimmed(line.text.substr(0, equals)) == key;
  });
  return found ? std::optional(start) : std::nullopt;
}

Result<void> insert_into(std::string& text, const std::string& section, std::string_view lines) {
  const auto at = start_of_section(text, section);
  if (!at) return Error{Reason::bad_configuration, "section [" + section + "] is not in this file"};
  text.insert(*at, block(lines));
  return {};
}

// The lines of a section, without its header.
std::string section_of(const std::string& whole, const std::string& name) {
  const auto start = start_of_section(whole, name).value_or(whole.size());
  const auto end = whole.find("\n[", start);
  return whole.substr(start, end == whole.npos ? end : end + 1 - start);
}

// A temporary file, because OpenSSL reads only files.
class Candidate {
 public:
  static Result<Candidate> write(const std::string& text) {
    std::error_code failed;
    std::string path = fs::temp_directory_path(failed) / "sesam-setup-XXXXXX";
    const int fd = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return Error{Reason::bad_argument, path + ": " + std::strerror(errno)};
    ::close(fd);
    Candidate candidate(path);
    SESAM_CHECK(replace_file(path, text, 0600));
    return candidate;
  }
  Candidate(Candidate&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Candidate& operator=(Candidate&&) = delete;
  ~Candidate() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const std::string& path() const noexcept { return path_; }

 private:
  explicit Candidate(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<OpensslCnf> parsed(const std::string& text) {
  SESAM_TRY(candidate, Candidate::write(text));
  return OpensslCnf::load(candidate.path());
}

// `default` must be listed and activated. sesam comes last: OpenSSL prefers the first of several providers
// that serve the same.
Result<void> add_to_providers(std::string& text, const OpensslCnf& cnf, const std::string& providers) {
  constexpr std::string_view kDefault = "default = sesam_default_provider\n";
  constexpr std::string_view kSesam = "sesam = sesam_provider\n";
  const auto rows = cnf.providers().value_or(std::vector<OpensslCnf::ProviderRow>{});
  if (rows.empty()) return insert_into(text, providers, std::string(kDefault).append(kSesam));
  const auto base =
      std::ranges::find_if(rows, [&](const auto& row) { return is_named(cnf, row, "default"); });
  if (base == rows.end())
    SESAM_CHECK(insert_into(text, providers, kDefault));
  else if (!is_active(cnf, base->section))
    SESAM_CHECK(insert_into(text, base->section, "activate = 1\n"));
  const auto at = start_behind(text, providers, rows.back().name);
  if (!at)
    return Error{Reason::bad_configuration, "the line of '" + rows.back().name + "' is not in this file"};
  text.insert(*at, block(kSesam));
  return {};
}

// sesam's section, as in `whole`. pkcs11: URIs are left to pkcs11-provider if it is loaded.
std::string own_section(const OpensslCnf& cnf, const std::string& whole) {
  std::string text = "[sesam_provider]\n" + section_of(whole, "sesam_provider");
  if (const auto other = active_pkcs11_provider(cnf);
      other && !start_behind(whole, "sesam_provider", "claim_pkcs11"))
    text += "# [" + other->section + "] serves pkcs11: URIs.\nclaim_pkcs11 = no\n";
  return text;
}

Result<void> add_sesam(std::string& text, const OpensslCnf& cnf, const std::string& whole) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  const auto init = cnf.init_section();
  const auto providers = init ? cnf.value(*init, "providers") : std::nullopt;
  constexpr std::string_view kProviders = "providers = sesam_providers\n";
  std::string added = own_section(cnf, whole);
  if (!providers)
    added = "[sesam_providers]\ndefault = sesam_default_provider\nsesam = sesam_provider\n" + added;
  if (!init) added = "[sesam_openssl_init]\n" + std::string(kProviders) + added;
  if (text.find("sesam_default_provider") == text.npos) added += "[sesam_default_provider]\nactivate = 1\n";
  if (providers)
    SESAM_CHECK(add_to_providers(text, cnf, *providers));
  else if (init)
    SESAM_CHECK(insert_into(text, *init, kProviders));
  else
    text.insert(0, block("openssl_conf = sesam_openssl_init\n"));
  text += block(added);
  return {};
}

// Checks the file as `sesam doctor` would.
Result<void> check_candidate(const std::string& path, const std::string& text) {
  SESAM_TRY(candidate, Candidate::write(text));
  Session session;
  session.config = candidate.path();
  Checkup checkup(true);
  check_openssl_cnf(session, OpensslCnf::load(candidate.path()), nullptr, checkup);
  for (const auto& step : checkup.steps())
    if (step.mark == Mark::bad) return bad(path, step.name + ": " + step.finding);
  return {};
}

}  // namespace

std::string system_path(const std::string& chosen) {
  return chosen.empty() ? std::string(X509_get_default_cert_area()) + "/openssl.cnf" : chosen;
}

Result<NewFile> system_file(const std::string& chosen, const std::string& whole) {
  const std::string named = system_path(chosen);
  std::error_code failed;  // a link on Debian: its target is replaced
  const fs::path target = fs::canonical(named, failed);
  const auto there = read_file(named);
  if (const int* error = std::get_if<int>(&there))
    return Error{Reason::bad_argument, "--system: " + named + ": " + std::strerror(*error)};
  const std::string path = failed ? named : target.string();
  SESAM_CHECK(OpensslCnf::load(path));  // its errors name this file, and its lines
  std::string text = without_blocks(std::string(std::get<Secret>(there).reveal()));
  SESAM_TRY(cnf, parsed(text));
  Session session;
  if (session.section_in(cnf))
    return bad(path, "it has a section for sesam that `sesam setup` did not write");
  if (auto added = add_sesam(text, cnf, whole); !added) return bad(path, added.error().detail);
  SESAM_CHECK(check_candidate(path, text));
  struct stat status {};
  const unsigned mode = ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0644;
  return NewFile{path, Secret(text), mode, true};
}

}  // namespace sesam::cli::setup
