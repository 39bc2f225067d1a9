// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_settings.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/joined.h"
#include "config/configuration_sources.h"
#include "transport/curl/curl_driver.h"

namespace sesam::cli::setup {
namespace {

using config::Values;

constexpr const char* kPasswords[] = {"pass", "pass_source"};
constexpr const char* kPins[] = {"pin", "keygen_pin", "pin_source"};

void put(Values& values, const std::string& key, std::string_view text) {
  values.erase(key);
  if (!text.empty()) values.emplace(key, Secret(text));
}

std::string text_in(const Values& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::string() : std::string(found->second.reveal());
}

// "device", "192.0.2.7:8443", "2001:db8::7" or a URL.
std::string as_url(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  if (text.find("://") != text.npos) return text;
  const bool is_bare_v6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
  return "https://" + (is_bare_v6 ? "[" + text + "]" : text);
}

// Settings given as options, which override those in a file.
Values given_as_options(const Session& session, const Arguments& arguments) {
  Values given;
  for (const auto& text : session.set) {
    const auto equals = text.find('=');  // there is one: main() accepts nothing else
    given.insert_or_assign(text.substr(0, equals), Secret(std::string_view(text).substr(equals + 1)));
  }
  std::vector<std::string> urls;
  for (const auto& url : arguments.urls) urls.push_back(as_url(url));
  if (!urls.empty()) put(given, "url", joined(urls, " "));
  if (!arguments.addresses.empty()) put(given, "address", joined(arguments.addresses, " "));
  if (arguments.user) given.insert_or_assign("user", Secret(*arguments.user));
  if (arguments.place.core) put(given, "core", std::to_string(*arguments.place.core));
  if (!arguments.place.acl.empty()) put(given, "acl", arguments.place.acl);
  const bool is_read_later = arguments.pass_source == kAsk || arguments.pass_source == kStdin;
  if (!arguments.pass_source.empty() && !is_read_later) put(given, "pass_source", arguments.pass_source);
  return given;
}

// Removes settings of the file that options or prompts replace.
void forget_replaced(Values& values, const Values& given, const Arguments& arguments) {
  const bool has_new_password = arguments.pass_source == kAsk || arguments.pass_source == kStdin;
  const bool has_new_pin = arguments.place.pin.ask || arguments.place.pin.none;
  for (const char* key : kPasswords)
    if (has_new_password) values.erase(key);
  for (const char* key : kPins)
    if (has_new_pin) values.erase(key);
  if (given.contains("url") && !given.contains("address")) values.erase("address");
  if (values.contains("user") && values.find("user")->second.empty()) values.erase("user");
  values.erase("n200_conf");  // its settings are in `values`
}

// The settings without those that name files to be written later.
Values without_files(const Values& values) {
  Values some = copy_of(values);
  for (const char* key : {"pass_source", "pin_source", "tlscert", "metrics_file"}) some.erase(key);
  return some;
}

// A user who can write the file could name another device in it.
bool others_can_write(const std::string& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  const bool is_foreign = status.st_uid != 0 && status.st_uid != ::geteuid();
  const bool is_open_to_group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0;
  return is_foreign || is_open_to_group || (status.st_mode & S_IWOTH) != 0;
}

}  // namespace

Values copy_of(const Values& values) {
  Values copy;
  for (const auto& [key, value] : values) copy.emplace(key, value.clone());
  return copy;
}

Result<Values> settings_before(const Session& session, const Arguments& arguments) {
  Session there = session;
  if (there.config.empty())
    there.config = (std::filesystem::path(arguments.directory) / "openssl.cnf").string();
  std::error_code failed;
  bool is_there = !session.config.empty() || std::filesystem::exists(there.config, failed);
  if (is_there && others_can_write(there.config)) {
    const std::string why = there.config + ": other users can write it, so its settings are not used";
    if (!session.config.empty())
      return Error{Reason::bad_configuration, why + ": correct its owner and mode"};
    print_warning(why);
    is_there = false;
  }
  const auto cnf = is_there ? config::OpensslCnf::load(there.config)
                            : Result<config::OpensslCnf>(Error{Reason::bad_configuration, {}});
  if (is_there && !cnf && !arguments.force)
    return Error{Reason::bad_configuration,
                 cnf.error().detail + ": correct the file, or replace it with --force"};
  const Result<std::string> section = cnf ? there.section_in(*cnf) : Result<std::string>(cnf.error());
  const Values given = given_as_options(session, arguments);
  SESAM_TRY(collected, config::collect_values(section ? &*cnf : nullptr, section ? *section : "", given));
  forget_replaced(collected.values, given, arguments);
  return std::move(collected.values);
}

Result<void> read_secrets(Plan& plan) {
  Values only;
  put(only, "url", "https://device");  // a configuration needs one
  for (const char* key : {"pass", "pass_source", "pin", "keygen_pin", "pin_source"})
    if (auto found = plan.values.extract(key)) only.insert(std::move(found));
  if (only.contains("pass") || only.contains("pass_source")) put(only, "user", "user");
  SESAM_TRY(configuration, config::build_configuration(only));
  plan.password = std::move(configuration.connection.password);
  plan.pin = std::move(configuration.device.pin);
  return {};
}

Result<std::vector<Node>> nodes_in(const Values& values) {
  Values some;
  put(some, "url", text_in(values, "url"));
  put(some, "address", text_in(values, "address"));
  if (!some.contains("url")) {
    if (!has_terminal()) return Error{Reason::bad_configuration, "no device is named: give --url"};
    std::vector<std::string> urls;
    const auto first = ask_text("Name of the device, as in its certificate, or its address");
    if (!first) return Error{Reason::bad_configuration, "no device was named"};
    urls.push_back(as_url(*first));
    while (true) {
      const auto next = ask_text("Name or address of a further node of its cluster (none: Enter)", "");
      if (!next || next->empty()) break;
      urls.push_back(as_url(*next));
    }
    put(some, "url", joined(urls, " "));
  }
  SESAM_TRY(configuration, config::build_configuration(some));
  const auto& connection = configuration.connection;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < connection.urls.size(); ++i)
    nodes.push_back({connection.urls[i], i < connection.addresses.size() ? connection.addresses[i] : ""});
  return nodes;
}

Result<config::Configuration> configuration_of(const Plan& plan, const std::string& directory) {
  Values values = without_files(final_values(plan, directory));
  if (!plan.password.empty()) values.emplace("pass", plan.password.clone());
  if (!plan.pin.empty()) values.emplace("pin", plan.pin.clone());
  SESAM_TRY(configuration, config::build_configuration(values));
  configuration.connection.ca_pem = plan.certificates;
  configuration.connection.ca_path = directory + "/device.pem";
  return std::move(configuration);
}

// The file stays open until the process ends, because each new connection reads it.
Result<transport::Options> options_for_libcurl(transport::Options options) {
  if (!transport::curl::reads_files_only()) return options;
  const int fd = ::memfd_create("device.pem", MFD_CLOEXEC);
  const auto size = static_cast<ssize_t>(options.ca_pem.size());
  if (fd < 0 || ::write(fd, options.ca_pem.data(), options.ca_pem.size()) != size)
    return Error{Reason::internal, "a file in memory: " + std::generic_category().message(errno)};
  options.ca_path = "/proc/self/fd/" + std::to_string(fd);
  return options;
}

Values settings_added_to(const std::string& path) {
  Session there;
  there.config = path;
  std::error_code failed;
  if (!std::filesystem::exists(path, failed) || others_can_write(path)) return {};
  const auto cnf = config::OpensslCnf::load(path);
  const Result<std::string> section = cnf ? there.section_in(*cnf) : Result<std::string>(cnf.error());
  if (!section) return {};
  auto collected = config::collect_values(&*cnf, *section, {});
  if (!collected) return {};
  Values& values = collected->values;
  for (const char* key : {"url", "address", "user", "tlscert", "n200_conf"}) values.erase(key);
  for (const char* key : kPasswords) values.erase(key);
  for (const char* key : kPins) values.erase(key);
  return std::move(values);
}

Values final_values(const Plan& plan, const std::string& directory) {
  Values values = copy_of(plan.values);
  std::vector<std::string> urls, addresses;
  const bool has_address = std::any_of(plan.nodes.begin(), plan.nodes.end(),
                                       [](const Node& node) { return !node.address.empty(); });
  for (const Node& node : plan.nodes) {
    urls.push_back(node.url);
    // One entry for each URL: the name itself if it is to be resolved.
    if (has_address)
      addresses.push_back(node.address.empty() ? node.url.substr(sizeof "https://" - 1) : node.address);
  }
  put(values, "url", joined(urls, " "));
  put(values, "address", joined(addresses, " "));
  put(values, "tlscert", directory + "/device.pem");
  put(values, "pass_source", plan.password.empty() ? "" : "file:" + directory + "/pass");
  put(values, "pin_source", plan.pin.empty() ? "" : "file:" + directory + "/pin");
  if (!values.contains("log_level")) put(values, "log_level", "1");
  return values;
}

}  // namespace sesam::cli::setup
