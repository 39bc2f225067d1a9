// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_contents.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <utility>
#include <variant>

#include "base/file.h"
#include "cli/doctor.h"
#include "cli/own_module.h"
#include "cli/setup_settings.h"
#include "cli/setup_system.h"
#include "cli/shell_word.h"

namespace sesam::cli::setup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRequestSections =
    "\n[req]\ndistinguished_name = req_distinguished_name\n\n[req_distinguished_name]\n";
// docs/BIND.md
constexpr char kNamedDeadline[] = "1000";
constexpr char kNamedRequestTimeout[] = "400";
constexpr char kProfile[] = "/etc/apparmor.d/usr.sbin.named";
constexpr char kLocalProfile[] = "/etc/apparmor.d/local/usr.sbin.named";

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

std::string cnf_of(const config::Values& values, std::string_view whose) {
  return "# Written by `sesam setup`" + std::string(whose) +
         ". See OSSL_PROVIDER-sesam(7) for all settings.\n" +
         example_configuration(values, own_module().string()) + std::string(kRequestSections);
}

NewFile text_file(std::string path, std::string_view text) {
  return {std::move(path), Secret(text), 0644, false};
}

NewFile secret_file(std::string path, const Secret& secret) {
  Secret text = secret.clone();
  text.append("\n");
  return {std::move(path), std::move(text), 0600, false};
}

// named signs in its event loops, and answers no query while it waits for the device. With several nodes, an
// unresponsive one must leave time for the next one within that deadline.
config::Values values_for_named(const Plan& plan, const Arguments& arguments) {
  config::Values values = final_values(plan, arguments.directory);
  values.merge(settings_added_to(arguments.directory + "/named.cnf"));
  if (!values.contains("deadline_ms")) values.emplace("deadline_ms", Secret(kNamedDeadline));
  const auto url = values.find("url");
  const bool has_several_nodes =
      url != values.end() && url->second.reveal().find(' ') != std::string_view::npos;
  if (has_several_nodes && values.at("deadline_ms").reveal() == kNamedDeadline)
    values.emplace("request_timeout_ms", Secret(kNamedRequestTimeout));  // unless the user has set it
  return values;
}

// Compares where the files are; the system's file may be named by a link, which is followed.
bool is_system_file(const NewFile& planned, const std::string& system) {
  std::error_code failed;
  const fs::path path(planned.path);
  return fs::weakly_canonical(path.parent_path(), failed) / path.filename() ==
         fs::weakly_canonical(fs::absolute(system, failed), failed);
}

std::string named_directory(const Arguments& arguments) {
  return arguments.named && !arguments.named->empty() ? *arguments.named : kNamedDirectory;
}

std::string drop_in(const Arguments& arguments) {
  return "# Written by `sesam setup`: named uses the keys in the "
         "N200.\n[Service]\nEnvironment=OPENSSL_CONF=" +
         arguments.directory +
         "/named.cnf\n# A core dump of named would hold what is sent to the device.\nLimitCORE=0\n";
}

// systemd and AppArmor may interpret all other characters.
Result<void> check_plain(const std::string& directory) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("/._-+", c) != nullptr;
  };
  if (std::all_of(directory.begin(), directory.end(), is_plain)) return {};
  return Error{
      Reason::bad_argument,
      directory +
          ": choose a --directory without spaces and special characters for named, or give --no-named"};
}

// Debian's AppArmor profile lets named read /etc/bind, but not /etc/sesam.
bool needs_profile(const Arguments& arguments) {
  return named_directory(arguments) == kNamedDirectory && is_there(kProfile) &&
         !arguments.directory.starts_with("/etc/bind/");
}

NewFile local_profile(const Arguments& arguments) {
  const auto there = read_file(kLocalProfile);
  std::string text =
      std::holds_alternative<Secret>(there) ? std::string(std::get<Secret>(there).reveal()) : "";
  for (const std::string& line : {arguments.directory + "/ r,\n", arguments.directory + "/** r,\n"})
    if (("\n" + text).find("\n" + line) == text.npos) {
      if (!text.empty() && text.back() != '\n') text += '\n';
      text += line;
    }
  return {kLocalProfile, Secret(text), 0644, true};
}

void add_named_files(std::vector<NewFile>& files, const Plan& plan, const Arguments& arguments) {
  files.push_back(
      text_file(arguments.directory + "/named.cnf", cnf_of(values_for_named(plan, arguments), " for named")));
  if (needs_profile(arguments)) files.push_back(local_profile(arguments));
  files.push_back(text_file(named_directory(arguments) + "/sesam.conf", drop_in(arguments)));
}

// Lists secret files of an earlier run that are no longer used.
std::string unused_files(const Plan& plan, const Arguments& arguments) {
  std::string text;
  for (const auto& [name, secret] : {std::pair("/pass", &plan.password), std::pair("/pin", &plan.pin)})
    if (secret->empty() && is_there(arguments.directory + name))
      text += "No longer used: " + arguments.directory + name + "; delete it.\n";
  return text;
}

}  // namespace

bool wants_named(const Arguments& arguments) {
  if (arguments.named || arguments.no_named) return arguments.named.has_value();
  return arguments.directory == kDirectory && is_there("/etc/bind") && is_there("/etc/systemd/system");
}

Result<std::vector<NewFile>> files_for(const Plan& plan, const Arguments& arguments) {
  const std::string& directory = arguments.directory;
  std::vector<NewFile> files;
  files.push_back(text_file(directory + "/device.pem", plan.certificates));
  if (!plan.password.empty()) files.push_back(secret_file(directory + "/pass", plan.password));
  if (!plan.pin.empty()) files.push_back(secret_file(directory + "/pin", plan.pin));
  files.push_back(text_file(directory + "/openssl.cnf", cnf_of(final_values(plan, directory), "")));
  if (wants_named(arguments)) {
    SESAM_CHECK(check_plain(directory));
    add_named_files(files, plan, arguments);
  }
  if (arguments.system) {
    const std::string path = system_path(*arguments.system);
    if (std::ranges::any_of(files, [&](const NewFile& file) { return is_system_file(file, path); }))
      return Error{Reason::bad_argument,
                   "--system: " + path + " is one of the files in --directory; name another file"};
    SESAM_TRY(file, system_file(*arguments.system,
                                example_configuration(final_values(plan, directory), own_module().string())));
    files.push_back(std::move(file));
  }
  return files;
}

std::string same_again(const Arguments& arguments, const std::string& key) {
  std::string text = "sesam setup --yes --force --directory " + shell_word(arguments.directory);
  if (wants_named(arguments))
    text += " --named=" + shell_word(named_directory(arguments));
  else if (arguments.no_named)
    text += " --no-named";
  if (arguments.system)
    text += " --system" + (arguments.system->empty() ? "" : "=" + shell_word(*arguments.system));
  return text + " --key " + shell_word(key);
}

std::string next_steps(const Plan& plan, const Arguments& arguments, const std::string& key) {
  std::string text;
  if (!arguments.system)
    text += "Programs use the device if this is in their environment:\n\n    export OPENSSL_CONF=" +
            shell_word(arguments.directory + "/openssl.cnf") + "\n\n";
  if (wants_named(arguments)) {
    text += "For named:\n\n";
    if (needs_profile(arguments)) text += std::string("    apparmor_parser -r ") + kProfile + "\n";
    text += "    systemctl daemon-reload && systemctl restart named\n\n";
  }
  if (!plan.password.empty() || !plan.pin.empty())
    text += "Only " + std::string(::geteuid() == 0 ? "root" : "you") +
            " can read the files with password and PIN.\n";
  text += unused_files(plan, arguments);
  return text + (key.empty() ? "Make a key: sesam generate NAME\n"
                             : "Check it at any time: sesam doctor --key " + shell_word(key) + "\n");
}

}  // namespace sesam::cli::setup
