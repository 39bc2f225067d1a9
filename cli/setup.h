// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: the types that its parts share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ask.h"
#include "cli/new_key.h"
#include "config/configuration.h"
#include "keymgmt/key_pin.h"

namespace sesam::cli::setup {

inline constexpr char kDirectory[] = "/etc/sesam";
inline constexpr char kNamedDirectory[] = "/etc/systemd/system/named.service.d";

// Values of --pass-source besides those of the setting pass_source.
inline constexpr std::string_view kAsk = keymgmt::kAsk;
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

  /// Whether to prompt for what has a default answer.
  bool may_ask() const noexcept { return !yes && has_terminal(); }
};

/// A node of the cluster, as in `url` and `address`.
struct Node {
  std::string url;
  std::string address;  ///< empty: the name in the URL is resolved
};

/// The planned settings. Secrets are in their own members, never in `values`.
struct Plan {
  config::Values values;
  std::vector<Node> nodes;
  std::string certificates;  ///< PEM: all trusted certificates
  Secret password;
  Secret pin;
};

}  // namespace sesam::cli::setup
