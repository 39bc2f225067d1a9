// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: what its parts have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ask.h"
#include "cli/new_key.h"
#include "config/configuration.h"

namespace sesam::cli::setup {

inline constexpr char kDirectory[] = "/etc/sesam";
inline constexpr char kNamedDirectory[] = "/etc/systemd/system/named.service.d";

// Values of --pass-source besides those of the setting pass_source.
inline constexpr std::string_view kAsk = "ask:";
inline constexpr std::string_view kStdin = "stdin:";

struct Arguments {
  std::vector<std::string> urls;
  std::vector<std::string> addresses;
  std::optional<std::string> user;
  std::string pass_source;
  std::vector<std::string> fingerprints;
  std::string tlscert;
  std::string directory = kDirectory;
  std::string key;
  std::string make_key;
  std::string type;
  std::optional<std::string> named;  ///< the drop-in's directory; empty: systemd's own
  bool no_named = false;
  std::optional<std::string> system;  ///< the file; empty: OpenSSL's own
  bool yes = false;
  bool force = false;
  bool dry_run = false;
  Place place;

  /// Whether to ask what has an answer without asking.
  bool may_ask() const noexcept { return !yes && has_terminal(); }
};

/// A node of the cluster, as `url` and `address` have it.
struct Node {
  std::string url;
  std::string address;  ///< empty: the name in the URL is resolved
};

/// What the settings are to be. Secrets are in here and nowhere in `values`.
struct Plan {
  config::Values values;
  std::vector<Node> nodes;
  std::string certificates;  ///< PEM: all that is trusted
  Secret password;
  Secret pin;
};

}  // namespace sesam::cli::setup
