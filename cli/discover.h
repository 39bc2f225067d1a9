// SPDX-License-Identifier: Apache-2.0
// The search of `sesam discover` as a whole: with a key of the device, on settings from anywhere.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/changes.h"
#include "cli/discover_report.h"
#include "cli/new_key.h"
#include "n200/device.h"
#include "transport/pipeline.h"

namespace sesam::cli::discover {

/// Whose settings are used: those of an openssl.cnf, or those that `sesam setup` is about to write.
struct Source {
  std::string config;  ///< --config of the command that deletes the key; may be empty
  bool json = false;   ///< nothing on stderr
  std::function<Result<std::shared_ptr<transport::Pipeline>>()> pipeline;
  /// The device if this setting were there, too.
  std::function<Result<std::shared_ptr<n200::Device>>(const std::string& setting, const std::string& row)>
      device_with;
  /// Prints the finding. `serves`: the provider signs with its row.
  std::function<void(const Finding& finding, const Subject& subject, const DeviceTarget& target, bool serves)>
      report;
};

/// Says what a search with a new key sends, and asks whether to begin.
bool confirms_search(const n200::Device& device);

/// Makes a key of that type and searches with it, as `sesam discover --make-key --type TYPE` does. False: no
/// command was found, or the provider cannot sign with it. Raises what making a key raises.
Result<bool> search_with_new_key(const Source& source, const std::shared_ptr<n200::Device>& device,
                                 const std::string& type, const Place& place, Changes& changes);

}  // namespace sesam::cli::discover
