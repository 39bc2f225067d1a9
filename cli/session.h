// SPDX-License-Identifier: Apache-2.0
// What the subcommands have in common: the global options, the configuration they lead to, the device.
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
  /// What a chosen subcommand does. False: it failed, and its own output says so.
  using Command = std::function<Result<bool>()>;

  // The global options, as CLI11 fills them.
  std::string config;            ///< --config; empty: as OpenSSL finds it
  std::string section;           ///< --section; empty: found by way of openssl_conf
  std::vector<std::string> set;  ///< --set, each KEY=VALUE
  bool json = false;             ///< --json
  Command command;               ///< of the subcommand that was chosen
  /// What it has changed: main() reports that if the command fails or its output cannot be written.
  Changes changes;

  /// The openssl.cnf to be read.
  std::string path() const;
  /// The section of that file that configures the provider: the one chosen by --section, else the first whose
  /// name, identity or module is sesam's. Raises bad_configuration where there is none.
  Result<std::string> section_in(const config::OpensslCnf& cnf) const;
  /// A section of sesam's that is listed in a section of providers, whether openssl_conf leads there or not.
  struct Listing {
    std::string providers;  ///< the section that lists it
    std::string section;
  };
  static std::optional<Listing> listing_in(const config::OpensslCnf& cnf);
  /// All that is set, the vendor's file and --set included. Without a file or section what is given by --set
  /// and the vendor's file must do. Raises bad_configuration.
  Result<config::Collected> collect() const;
  /// The device that this configures. No network yet. Raises bad_configuration.
  Result<std::shared_ptr<n200::Device>> device() const;
};

}  // namespace sesam::cli
