// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: a complete openssl.cnf to copy.
#include "cli/doctor.h"

namespace sesam::cli {
namespace {

constexpr std::string_view kHead = R"(openssl_conf = openssl_init
extensions = no_extensions

[no_extensions]

[openssl_init]
providers = providers

[providers]
default = default_provider
sesam = sesam_provider

[default_provider]
activate = 1

[sesam_provider]
activate = 1
)";

// Escapes a value for openssl.cnf: libcrypto interprets these characters.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '$' || c == '#' || c == '\\' || c == '"' || c == '\'' || c == '`') text += '\\';
    text += c;
  }
  return text;
}

struct Hint {
  std::string_view secret;
  std::string_view line;
};
constexpr Hint kHints[] = {
    {"pass", "pass_source = file:/etc/sesam/pass    # the user's password alone, mode 0600\n"},
    {"pin", "pin_source = file:/etc/sesam/pin    # the PIN alone, mode 0600\n"},
    {"keygen_pin", "pin_source = file:/etc/sesam/pin    # the PIN alone, mode 0600\n"}};

// Leaves out an invalid source, which may be the secret itself by mistake.
std::string line_of(const config::Setting& setting, std::string_view value) {
  for (const auto& hint : kHints)
    if (hint.secret == setting.key) return std::string(hint.line);
  if (setting.source && !value.starts_with("file:") && !value.starts_with("env:")) return {};
  if (setting.key == "n200_conf") return {};  // its values are among these
  return setting.key + " = " + escaped(value) + "\n";
}

}  // namespace

std::string example_configuration(const config::Values& values, const std::string& module) {
  std::string text(kHead);
  if (!module.empty()) text += "module = " + escaped(module) + "\n";
  if (values.find("url") == values.end())
    text += "url = https://seSAM-nserie-101    # the name in the device's certificate\n";
  for (const auto& setting : config::settings())
    if (const auto found = values.find(setting.key); found != values.end() && !found->second.empty())
      text += line_of(setting, found->second.reveal());
  return text;
}

}  // namespace sesam::cli
