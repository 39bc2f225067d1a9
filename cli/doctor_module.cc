// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks sesam.so where OpenSSL looks for it, and the libcrypto it was linked with.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "cli/child.h"
#include "cli/doctor.h"
#include "cli/file_access.h"
#include "cli/module_file.h"
#include "cli/module_owners.h"
#include "cli/needed_libraries.h"
#include "cli/own_module.h"
#include "ossl/handles.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kModule[] = "module";
constexpr char kLibcrypto[] = "libcrypto";
constexpr char kFile[] = "sesam.so";

using LoadedProvider =
    std::unique_ptr<OSSL_PROVIDER, decltype([](OSSL_PROVIDER* p) { OSSL_PROVIDER_unload(p); })>;

// OpenSSL's directory of modules (OPENSSL_MODULES, openssl-env(7)).
std::string modules_directory() {
  if (const char* named = secure_getenv("OPENSSL_MODULES")) return named;
  const char* built_in = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
  return built_in == nullptr ? "" : built_in;
}

// The path that OpenSSL derives from "module", or from the provider's name without that setting.
std::string module_path(const config::OpensslCnf& cnf, const std::string& section) {
  std::string module = cnf.value(section, "module").value_or("");
  if (module.empty()) {
    for (const auto& row : cnf.providers().value_or(std::vector<config::OpensslCnf::ProviderRow>{}))
      if (row.section == section) module = cnf.value(section, "identity").value_or(row.name) + ".so";
  }
  return fs::path(module).is_absolute() ? module : (fs::path(modules_directory()) / module).string();
}

// The first text on OpenSSL's error stack: the dynamic linker's message, which names file and library.
std::string openssls_words() {
  std::string words = "OpenSSL cannot load it";
  const char* data = nullptr;
  int flags = 0;
  while (ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags) != 0)
    if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') {
      words = data;
      break;
    }
  ERR_clear_error();
  return words;
}

// Loads the module in a separate library context without openssl.cnf, where the provider does nothing.
// Returns its build information, or 'E' and the error message.
std::string load(const std::string& path) {
  const ossl::LibCtx context(OSSL_LIB_CTX_new());
  const LoadedProvider loaded(OSSL_PROVIDER_load(context.get(), path.c_str()));
  if (!loaded) return "E" + openssls_words();
  char* built = nullptr;
  OSSL_PARAM params[] = {OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_BUILDINFO, &built, 0), OSSL_PARAM_END};
  if (OSSL_PROVIDER_get_params(loaded.get(), params) != 1 || built == nullptr) return "unknown version";
  return built;
}

// The user to load the module as; null: this process's user. The program's user may own the module, and its
// code must not get more rights than that user. If that user cannot read the module, and only root can change
// it, loads it as this process, like programs that start as root.
const User* loader_of(const std::string& path, const User* user) {
  constexpr uid_t kRoot = 0;
  if (user == nullptr) return nullptr;
  const User root{"root", "root", kRoot, kRoot, {}};
  const auto verdicts = try_files(user, {{"module", path, FileUse::Access::read}});
  const bool is_readable = !verdicts || verdicts->front().finding.empty();
  return is_readable || !flaw_of_owners(path, &root).finding.empty() ? user : nullptr;
}

// Loads the module in a child process, because a damaged one may crash.
Result<std::string> try_to_load(const std::string& path, const User* user) {
  constexpr std::chrono::seconds kLimit{20};
  SESAM_TRY(said, in_child(loader_of(path, user), kLimit, [&path] { return load(path); }));
  if (said.starts_with('E')) return Error{Reason::bad_configuration, said.substr(1)};
  return said;
}

// Suggests another location that has the module.
std::string cure_for_missing(const std::string& path) {
  std::error_code ignored;
  for (const auto& candidate : {fs::path(modules_directory()) / kFile, own_module()})
    if (candidate != path && fs::exists(candidate, ignored)) return "set module = " + candidate.string();
  return "install sesam.so into " + modules_directory() + ", or set module = PATH";
}

std::string program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');)
    if (const auto file = fs::path(directory) / name; ::access(file.c_str(), X_OK) == 0) return file.string();
  return {};
}

// A provider works only in programs with the libcrypto that it was linked with.
void check_libcrypto(const std::string& path, Checkup& checkup) {
  const std::string ours = needed_libcrypto(path);
  const std::string program = program_in_path("openssl");
  const std::string theirs = program.empty() ? "" : needed_libcrypto(program);
  const std::string running =
      std::string(", this command runs with ") + OpenSSL_version(OPENSSL_VERSION_STRING);
  if (theirs.empty())
    checkup.good(kLibcrypto, "the module needs " + ours + running + "; no openssl program to compare with");
  else if (ours == theirs)
    checkup.good(kLibcrypto, "the module and " + program + " need " + ours + running);
  else
    checkup.bad(kLibcrypto,
                "the module needs " + (ours.empty() ? "none" : ours) + ", " + program + " " + theirs,
                "install the sesam.so that was built for the programs' OpenSSL");
}

void check_file(const std::string& path, const User* user, Checkup& checkup) {
  const auto [flaw, cure] = flaw_of_module(path);
  if (!flaw.empty())
    return checkup.bad(kModule, path + " " + flaw, cure.empty() ? cure_for_missing(path) : cure);
  const auto loaded = try_to_load(path, user);
  if (loaded)
    checkup.good(kModule, path + ", " + *loaded);
  else
    checkup.bad(kModule, path + " cannot be loaded: " + loaded.error().detail,
                "install the sesam.so that was built for this OpenSSL");
}

}  // namespace

std::string check_module(const config::OpensslCnf& cnf, const std::string& section, const User* user,
                         Checkup& checkup) {
  const std::string path = module_path(cnf, section);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    checkup.bad(kModule, path + " is missing", cure_for_missing(path));
    checkup.skip({kLibcrypto}, "there is no module");
    return {};
  }
  if (const auto [flaw, cure] = flaw_of_owners(path, user); !flaw.empty()) {
    checkup.bad(kModule, path + " " + flaw, cure);
    checkup.skip({kLibcrypto}, "the module cannot be trusted");
    return path;
  }
  check_file(path, user, checkup);
  check_libcrypto(path, checkup);
  return path;
}

}  // namespace sesam::cli
