// SPDX-License-Identifier: Apache-2.0
// An openssl.cnf as libcrypto parses it: with its includes, variables and escapes.
#pragma once

#include <openssl/conf.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sesam::config {

/// Wipes the values, too, as some are secrets.
struct WipeAndFree {
  void operator()(CONF* conf) const noexcept;
};
using WipedConf = std::unique_ptr<CONF, WipeAndFree>;

class OpensslCnf {
 public:
  /// The file that OpenSSL reads by default: OPENSSL_CONF, else openssl.cnf in its
  /// own directory (CONF_get1_default_config_file(3)). Empty if memory is short.
  static std::string default_path();
  /// Raises bad_configuration (the path, the line, OpenSSL's error message) or out_of_memory.
  static Result<OpensslCnf> load(const std::string& path);

  const std::string& path() const noexcept { return path_; }
  /// From `section`, or if that is empty, from before the first section; nullopt: no such key there.
  std::optional<std::string> value(const std::string& section, const std::string& key) const;
  /// The same comparison without a copy, for a value that may be a secret.
  bool has_value(const std::string& section, std::string_view key, std::string_view value) const;
  /// Calls `take` with each key and value, in the order of the file;
  /// a value may be a secret. False if there is no such section.
  bool for_each(const std::string& section,
                const std::function<void(const char* key, const char* value)>& take) const;
  /// The names of all sections, in no particular order.
  std::vector<std::string> sections() const;
  /// The name of the section that applies to every program: the value of "openssl_conf" (config(5)).
  std::optional<std::string> init_section() const { return value({}, "openssl_conf"); }
  /// The providers that it configures, in order; nullopt if it does not have a section for them.
  struct ProviderRow {
    std::string name;
    std::string section;
  };
  std::optional<std::vector<ProviderRow>> providers() const;

 private:
  OpensslCnf(std::string path, WipedConf conf) : path_(std::move(path)), conf_(std::move(conf)) {}

  std::string path_;
  WipedConf conf_;
};

/// Whether OpenSSL itself reads that key of a provider's section (config(5), "Provider Configuration").
bool is_openssls_own_key(std::string_view key) noexcept;

}  // namespace sesam::config
