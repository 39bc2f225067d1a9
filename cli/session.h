// SPDX-License-Identifier: Apache-2.0
// The common state of subcommands: the global options, the resulting configuration, the device.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/changes.h"
#include "config/configuration.h"
#include "config/configuration_sources.h"
#include "config/openssl_cnf.h"
#include "n200/device.h"

namespace sesam::cli {

class Session {
 public:
  /// The action of a subcommand. False: it failed, and its own output reports that.
  using Command = std::function<Result<bool>()>;

  // The global options, as CLI11 fills them.
  std::string config;            ///< --config; empty: as OpenSSL finds it
  std::string section;           ///< --section; empty: found through openssl_conf
  std::vector<std::string> set;  ///< --set, each KEY=VALUE
  bool json = false;             ///< --json
  Command command;               ///< of the subcommand that was chosen
  /// The command's changes; main() reports them if the command fails or its output cannot be written.
  Changes changes;

  /// The path of the openssl.cnf to read.
  std::string path() const;
  /// The section of that file that configures the provider: the one chosen by --section, otherwise the first
  /// whose name, identity or module is sesam's. Raises bad_configuration if there is none.
  Result<std::string> section_in(const config::OpensslCnf& cnf) const;
  /// A section for sesam that a section of providers lists, whether openssl_conf leads there or not.
  struct Listing {
    std::string providers;  ///< the section that lists it
    std::string section;
  };
  static std::optional<Listing> listing_in(const config::OpensslCnf& cnf);
  /// All settings, including the vendor's file and --set. Without an openssl.cnf or a section, these two must
  /// at least set `url`. Raises bad_configuration.
  Result<config::Collected> collect() const;
  /// The configured device; does not use the network yet. Raises bad_configuration.
  Result<std::shared_ptr<n200::Device>> device() const;
};

}  // namespace sesam::cli
