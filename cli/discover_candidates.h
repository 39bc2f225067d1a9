// SPDX-License-Identifier: Apache-2.0
// What `sesam discover` may send: one printed list of command names and field names, and the requests made of
// them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keymgmt/key_types.h"
#include "transport/pipeline.h"

namespace sesam::cli::discover {

using keymgmt::KeyType;

/// What a field of a request carries.
enum class Role { core, key, digest, pin, padding, hash_name, salt, literal };

struct CandidateField {
  Role role = Role::literal;
  std::string name;
  std::string value;  ///< in the grammar of wire rows: "{key_id}", "{digest:hex}", "SHA256"

  bool operator==(const CandidateField&) const = default;
};

/// One request, as the left side of a wire row. Never holds a PIN, only the place where it goes.
struct Candidate {
  transport::Method method = transport::Method::post;
  std::string command;
  std::vector<CandidateField> fields;  ///< of a POST
  std::string arguments;               ///< of a GET: "{key_id}/{digest:hex}/"

  bool has(std::string_view name) const;
  bool has(Role role) const;
  bool carries_pin() const { return has(Role::pin); }
  /// "POST command=eccsign core={core} key={key_id} hash={digest:hex}".
  std::string row() const;
};

/// Command names, the most likely first. Each contains "sign", and none could mean assign, import, cert,
/// delete or set.
std::span<const std::string_view> command_names(KeyType kind);

/// A name that no device has: how it refuses this one is how it refuses a name that it does not know.
inline constexpr std::string_view kControlName = "signnosuchthing";

/// Whether a command of this name may be sent at all.
bool may_be_sent(std::string_view command);

/// Usual names of a field, the most likely first.
std::span<const std::string_view> field_names(Role role);

/// Arguments of a GET after the command, the most likely first. `without_pin`: the key has no PIN, so a path
/// with an empty place for one belongs to them.
std::vector<std::string> get_arguments(KeyType kind, bool without_pin);

/// What a field of that name carries; nothing if the name says neither.
std::optional<Role> role_of(std::string_view field, KeyType kind);

/// Whether a name from a reply may become a field of a request: a short plain identifier that does not ask
/// for anything that could change a key.
bool is_plain_field_name(std::string_view name);

/// How a value can be written. `variant` counts the ways of one role; nothing beyond the last.
std::optional<std::string> value_of(Role role, std::string_view field, KeyType kind, unsigned variant);

/// A field with its most likely value.
CandidateField field_of(Role role, std::string_view name, KeyType kind);

/// A POST that says the same in all usual names at once: devices mostly ignore fields that they do not know.
Candidate with_all_names(std::string_view command, KeyType kind);
/// The one that is assumed (n200.md), without a PIN.
Candidate as_assumed(std::string_view command, KeyType kind);
/// The command's name and the core alone.
Candidate bare(std::string_view command);

}  // namespace sesam::cli::discover
