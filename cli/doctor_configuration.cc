// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks the settings in openssl.cnf for OpenSSL itself (config(5)).
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "cli/child.h"
#include "cli/doctor.h"
#include "cli/file_access.h"
#include "cli/listed_providers.h"
#include "cli/openssl_conf_hint.h"
#include "config/include_files.h"
#include "ossl/handles.h"

namespace sesam::cli {
namespace {

using config::OpensslCnf;

constexpr char kFile[] = "configuration file";
constexpr char kDefault[] = "default provider";
constexpr char kWholeFile[] = "for an example run: sesam doctor --print-config";

std::string origin(const Session& session) {
  if (!session.config.empty()) return "named on the command line";
  return secure_getenv("OPENSSL_CONF") != nullptr ? "named by OPENSSL_CONF"
                                                  : "OpenSSL's own, as OPENSSL_CONF is not set";
}

// The file and what it includes, except what is missing.
std::vector<FileUse> reads_of(const OpensslCnf& cnf) {
  std::vector<FileUse> uses;
  std::error_code ignored;
  for (const auto& path : config::included_files(cnf.path()))
    if (const auto kind = std::filesystem::status(path, ignored).type();
        kind != std::filesystem::file_type::not_found)
      uses.push_back(
          {"", path,
           kind == std::filesystem::file_type::directory ? FileUse::Access::list : FileUse::Access::read});
  return uses;
}

// OpenSSL silently ignores the file and files it includes if the program's user cannot read them. A file that
// only this process can read may be enough: many programs read it before they change their user.
bool check_readers(const OpensslCnf& cnf, const User* user, Checkup& checkup) {
  const auto uses = reads_of(cnf);
  const auto own = try_files(nullptr, uses);
  const auto of_user = user == nullptr ? own : try_files(user, uses);
  if (!own || !of_user) {
    checkup.bad(kFile, (own ? of_user : own).error());
    return false;
  }
  constexpr char kIgnored[] = "; OpenSSL ignores it without an error";
  bool good = true;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto& [finding, cure] = (*of_user)[i];
    if (!(*own)[i].finding.empty())
      checkup.bad(kFile, (*own)[i].finding + kIgnored, (*own)[i].cure);
    else if (!finding.empty())
      checkup.warn(kFile, finding + kIgnored, cure_for_other_user(*user, cure));
    good = good && finding.empty() && (*own)[i].finding.empty();
  }
  return good;
}

// Programs find a relative path only if they start in the same directory.
void report_found(const Session& session, const OpensslCnf& cnf, const User* user, Checkup& checkup) {
  if (!check_readers(cnf, user, checkup)) return;
  if (session.config.empty() && !std::filesystem::path(cnf.path()).is_absolute())
    checkup.warn(kFile, cnf.path() + ", " + origin(session) + ", is a relative path",
                 "set OPENSSL_CONF to an absolute path");
  else
    checkup.good(kFile, cnf.path() + ", " + origin(session));
}

std::string cure_for_unreadable(const Session& session) {
  const std::string path = session.path();
  const bool is_readable = ::access(path.c_str(), R_OK) == 0;
  if (!is_readable && errno == EACCES)
    return "make it readable for user '" + own_user().name + "', or run sesam doctor as root with --as USER";
  if (!is_readable && is_openssls_own(session)) return openssl_conf_hint();
  if (!is_readable) return "name an existing file in OPENSSL_CONF, or by --config";
  return "correct that line; in values put a \\ before $, #, \\ and quotes";
}

// OpenSSL silently ignores a file that it cannot read or parse.
bool check_file(const Session& session, const Result<OpensslCnf>& cnf, const User* user, Checkup& checkup) {
  if (!cnf)
    checkup.bad(kFile, cnf.error().detail + " (" + origin(session) + ")", cure_for_unreadable(session));
  else if (std::filesystem::is_directory(cnf->path()))
    checkup.bad(kFile, cnf->path() + " is a directory (" + origin(session) + ")", "name a file");
  else
    report_found(session, *cnf, user, checkup);
  return cnf && !std::filesystem::is_directory(cnf->path());
}

struct Gap {
  std::string finding;
  std::string cure;
};

// The section that openssl_conf should name, if it exists.
std::string init_section_for(const OpensslCnf& cnf, const std::string& providers) {
  for (const auto& name : cnf.sections())
    if (cnf.value(name, "providers") == providers) return name;
  return {};
}

std::string cure_for_openssl_conf(const OpensslCnf& cnf) {
  for (const auto& name : cnf.sections())  // a line at the end of a file belongs to its last section
    if (const auto misplaced = cnf.value(name, "openssl_conf"))
      return "move 'openssl_conf = " + *misplaced + "' from section [" + name +
             "] to above the first section of " + cnf.path();
  const auto listing = Session::listing_in(cnf);
  if (!listing) return kWholeFile;
  const std::string init = init_section_for(cnf, listing->providers);
  if (!init.empty()) return "add 'openssl_conf = " + init + "' above the first section of " + cnf.path();
  return "add 'openssl_conf = openssl_init' above the first section of " + cnf.path() +
         ", and a section [openssl_init] with 'providers = " + listing->providers + "'";
}

std::string cure_for_providers(const OpensslCnf& cnf, const std::string& init) {
  const auto listing = Session::listing_in(cnf);
  return listing ? "add 'providers = " + listing->providers + "' to section [" + init + "] of " + cnf.path()
                 : kWholeFile;
}

std::string cure_for_missing_section(const OpensslCnf& cnf, const std::string& init,
                                     const std::string& named) {
  const auto listing = Session::listing_in(cnf);
  if (listing) return "set 'providers = " + listing->providers + "' in section [" + init + "]";
  return "add a section [" + named + "] that lists 'default' and 'sesam'; " + kWholeFile;
}

// Both members are empty if nothing is missing. OpenSSL ignores the rest of a file that lacks these settings.
Gap gap_before_providers(const OpensslCnf& cnf) {
  const auto init = cnf.init_section();
  if (!init)
    return {
        "no 'openssl_conf = SECTION' above the first section of " + cnf.path() + ": OpenSSL ignores the file",
        cure_for_openssl_conf(cnf)};
  const auto named = cnf.value(*init, "providers");
  if (!named)
    return {"no 'providers = SECTION' in section [" + *init + "], which openssl_conf names",
            cure_for_providers(cnf, *init)};
  if (!cnf.providers())
    return {"section [" + *named + "] is missing, which 'providers' names",
            cure_for_missing_section(cnf, *init, *named)};
  return {};
}

// For a section that is_active() denies.
Gap gap_in_activation(const OpensslCnf& cnf, const std::string& section) {
  const auto value = cnf.value(section, "activate");
  if (!value) return {"[" + section + "] lacks activate = 1", "add activate = 1 to [" + section + "]"};
  return {"[" + section + "] has activate = " + *value + ", not activate = 1",
          "set activate = 1 in [" + section + "]"};
}

std::optional<std::string> check_section(const Session& session, const OpensslCnf& cnf, Checkup& checkup) {
  constexpr char kName[] = "provider's section";
  const auto section = session.section_in(cnf);
  if (!section && session.section.empty() && is_openssls_own(session) && !Session::listing_in(cnf)) {
    checkup.bad(kName, "OPENSSL_CONF is not set, and " + cnf.path() + " does not list sesam",
                openssl_conf_hint());
    return std::nullopt;
  }
  if (const auto gap = gap_before_providers(cnf); !gap.finding.empty())
    checkup.bad(kName, gap.finding, gap.cure);
  else if (!section)
    checkup.bad(kName, section.error().detail,
                "list it in [" + *cnf.value(*cnf.init_section(), "providers") +
                    "], as 'sesam = sesam_provider', and add a section [sesam_provider]; " + kWholeFile);
  else if (!cnf.for_each(*section, [](const char*, const char*) {}))
    checkup.bad(kName, "section [" + *section + "] is missing",
                "add a section [" + *section + "] with 'activate = 1' and the settings; " + kWholeFile);
  else if (!is_active(cnf, *section)) {
    const auto [finding, cure] = gap_in_activation(cnf, *section);
    checkup.bad(kName, finding + ": programs do not get the provider", cure);
  } else
    checkup.good(kName, "[" + *section + "], activated");
  if (section) return *section;
  if (!session.section.empty()) return std::nullopt;  // --section names a missing section
  const auto listing = Session::listing_in(cnf);
  return listing ? std::optional(listing->section) : std::nullopt;
}

// If a file names providers, OpenSSL loads no others by default.
void check_default(const OpensslCnf& cnf, const std::string& section, Checkup& checkup) {
  const auto rows = cnf.providers().value_or(std::vector<OpensslCnf::ProviderRow>{});
  const auto base = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
    return is_named(cnf, row, "default") || is_named(cnf, row, "fips");
  });
  const auto ours =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.section == section; });
  if (base == rows.end())
    checkup.bad(kDefault, "is not listed: every program that uses this file fails",
                "list it first: default = default_provider, with activate = 1 in [default_provider]");
  else if (!is_active(cnf, base->section)) {
    const auto [finding, cure] = gap_in_activation(cnf, base->section);
    checkup.bad(kDefault, finding + ": every program that uses this file fails", cure);
  } else if (ours != rows.end() && ours < base)
    checkup.bad(kDefault,
                "is listed after sesam, which then serves the keys and certificates of other programs too",
                "put '" + base->name + " = " + base->section + "' before '" + ours->name + " = " +
                    ours->section + "'");
  else
    checkup.good(kDefault, "activated, and listed first");
}

bool lists_fips(const OpensslCnf& cnf) {
  const auto rows = cnf.providers().value_or(std::vector<OpensslCnf::ProviderRow>{});
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return is_named(cnf, row, "fips"); });
}

// Whether OpenSSL's default provider still offers SHA-256 with these properties.
bool default_provider_meets(const std::string& properties) {
  const ossl::LibCtx apart(OSSL_LIB_CTX_new());
  if (!apart || OSSL_PROVIDER_load(apart.get(), "default") == nullptr) return true;  // cannot be tested
  const ossl::Md digest(EVP_MD_fetch(apart.get(), "SHA2-256", properties.c_str()));
  return digest != nullptr;
}

// The first clause of a property query (property(7)) that excludes sesam's algorithms, whose only property is
// provider=sesam; empty: none.
std::string clause_without_sesam(std::string_view properties) {
  while (!properties.empty()) {
    const auto length = std::min(properties.find(','), properties.size());
    std::string clause(properties.substr(0, length));
    properties.remove_prefix(std::min(length + 1, properties.size()));
    std::erase_if(clause, [](char c) { return c == ' ' || c == '\t'; });
    if (clause.empty() || clause[0] == '?' || clause[0] == '-') continue;
    const auto sign = clause.find_first_of("!=");
    const std::string name = clause.substr(0, sign);
    const std::string value = sign == clause.npos ? "yes" : clause.substr(clause.find('=') + 1);
    const bool is_negated = sign != clause.npos && clause[sign] == '!';
    const bool is_equal = value == (name == "provider" ? "sesam" : "no");
    if (is_equal == is_negated) return clause;
  }
  return {};
}

void check_properties(const OpensslCnf& cnf, Checkup& checkup) {
  constexpr char kName[] = "default properties";
  const auto init = cnf.init_section();
  const auto algorithms = init ? cnf.value(*init, "alg_section") : std::nullopt;
  const auto properties = algorithms ? cnf.value(*algorithms, "default_properties") : std::nullopt;
  if (!properties) return checkup.good(kName, "none set");
  const std::string found = "default_properties = " + *properties;
  const std::string removal = "remove it from [" + *algorithms + "]";
  if (properties->find("sesam") != properties->npos)
    checkup.bad(kName, found + " sends the keys of other programs to sesam too",
                removal + ": keys are found by their URI");
  else if (const std::string clause = clause_without_sesam(*properties); !clause.empty())
    checkup.bad(kName,
                found + " keeps programs from sesam, whose algorithms do not have the property '" + clause +
                    "'" + (clause.starts_with("fips") ? ": no FIPS validation is claimed" : ""),
                "make it a preference, ?" + clause + ", or " + removal);
  else if (!lists_fips(cnf) && !default_provider_meets(*properties))
    checkup.bad(kName, found + " leaves programs without SHA-256 and most other algorithms",
                removal + ", or list the provider that has these properties");
  else
    checkup.good(kName, *properties);
}

}  // namespace

void check_pkcs11_uris(const OpensslCnf& cnf, const std::string& section, Checkup& checkup) {
  constexpr char kName[] = "pkcs11: URIs";
  const auto other = active_pkcs11_provider(cnf);
  if (!other) return;
  const std::string theirs = "[" + other->section + "]";
  if (cnf.value(section, "claim_pkcs11") == "no") {
    checkup.good(kName, "served by " + theirs + "; the keys in the device have sesam: URIs");
    return;
  }
  const auto rows = *cnf.providers();
  const auto is_first = [&](const auto& row) {
    return row.section == section || row.section == other->section;
  };
  const auto first = std::find_if(rows.begin(), rows.end(), is_first);
  checkup.warn(kName,
               "claimed by [" + section + "] and " + theirs + "; OpenSSL asks [" + first->section +
                   "] alone, as it is listed first",
               "set claim_pkcs11 = no in [" + section + "], so that " + theirs +
                   " serves them, and name the keys in the device by sesam: URIs; or take " + other->name +
                   " out of the list of providers");
}

std::optional<std::string> check_openssl_cnf(const Session& session, const Result<OpensslCnf>& cnf,
                                             const User* user, Checkup& checkup) {
  std::optional<std::string> section;
  if (check_file(session, cnf, user, checkup))
    section = check_section(session, *cnf, checkup);
  else
    checkup.skip({"provider's section"}, "there is no file");
  if (section) {
    if (cnf->providers()) {
      check_default(*cnf, *section, checkup);
      check_pkcs11_uris(*cnf, *section, checkup);
    } else {
      checkup.skip({kDefault}, "OpenSSL does not reach the list of providers");
    }
    check_properties(*cnf, checkup);
  } else {
    checkup.skip({kDefault, "default properties"}, "no section for the provider");
  }
  return section;
}

}  // namespace sesam::cli
