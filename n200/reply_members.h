// SPDX-License-Identifier: Apache-2.0
// Collects all members of a reply that is not as expected, to find them by name at any depth.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesam::n200 {

/// A name in the form in which names are compared: lower case, without '_', '-' and blanks. "publickey",
/// "public_key" and "PublicKey" are equal.
std::string canonical_name(std::string_view name);

/// Whether a member of this name, in any spelling, reports an error unless its value denies one: "error",
/// "Err_Msg", "fault", ... Allocates nothing.
bool names_an_error(std::string_view name) noexcept;

/// Whether the text looks like a key_id: "hsm" and hexadecimal digits of either case, at most 64 characters.
bool has_key_id_form(std::string_view text) noexcept;

/// A text, a number, true or false in a reply.
struct ReplyMember {
  std::vector<std::string> path;  ///< canonical names, outermost first; an array's elements have its name
  std::string text;
  bool is_text = true;

  std::string_view name() const noexcept { return path.empty() ? std::string_view() : path.back(); }
};

/// The first 256 members, without those of key records; nullopt if the text is not JSON or exceeds 1 MiB.
/// Blanks, a byte order mark and zero bytes around it are ignored.
std::optional<std::vector<ReplyMember>> members_of(std::string_view json);

/// The text without blanks, zero bytes and a byte order mark around it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace sesam::n200
