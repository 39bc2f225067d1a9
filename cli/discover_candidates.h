// SPDX-License-Identifier: Apache-2.0
// What `sesam discover` may send: a list of command and field names, which --dry-run prints, and the requests
// built from them.
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

/// One request, as the left side of a wire row. Never holds a PIN, only a placeholder for it.
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

/// Command names, most likely first. Each contains "sign", and none contains "assign", "import", "cert",
/// "delete", "set" or the like.
std::span<const std::string_view> command_names(KeyType kind);

/// A name that no device knows: the refusal shows how the device refuses an unknown command.
inline constexpr std::string_view kControlName = "signnosuchthing";

/// Whether a command of this name may be sent at all.
bool may_be_sent(std::string_view command);

/// Common names of a field, most likely first; none for Role::core and Role::literal.
std::span<const std::string_view> field_names(Role role);

/// Arguments of a GET after the command, most likely first. `without_pin`: the key has no PIN, so paths with
/// an empty PIN segment are included.
std::vector<std::string> get_arguments(KeyType kind, bool without_pin);

/// The probable role of a field with that name; nothing if the name gives no hint.
std::optional<Role> role_of(std::string_view field, KeyType kind);

/// Whether a name from a reply may become a field of a request: a short identifier that does not suggest
/// changing a key.
bool is_plain_field_name(std::string_view name);

/// A value of the field. `variant` counts the alternatives of one role from 0; nothing beyond the last one.
std::optional<std::string> value_of(Role role, std::string_view field, KeyType kind, unsigned variant);

/// A field with its most likely value.
CandidateField field_of(Role role, std::string_view name, KeyType kind);

/// A POST with all common names of each field at once: most devices ignore unknown fields.
Candidate with_all_names(std::string_view command, KeyType kind);
/// The assumed POST (n200.md), without a PIN.
Candidate as_assumed(std::string_view command, KeyType kind);
/// A POST with only the command's name and the core.
Candidate bare(std::string_view command);

}  // namespace sesam::cli::discover
