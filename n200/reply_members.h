// SPDX-License-Identifier: Apache-2.0
// All members of a reply, for replies that are not as expected: looked at by name, wherever they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesam::n200 {

/// A name as it is compared: in lower case, without '_', '-' and blanks. "publickey", "public_key" and
/// "PublicKey" are one.
std::string canonical_name(std::string_view name);

/// "hsm" and hexadecimal digits of either case, 64 characters at most: a key_id.
bool has_key_id_form(std::string_view text) noexcept;

/// A text, a number, true or false in a reply.
struct ReplyMember {
  std::vector<std::string> path;  ///< canonical names, from outside in; an array's elements have its name
  std::string text;
  bool is_text = true;

  std::string_view name() const noexcept { return path.empty() ? std::string_view() : path.back(); }
};

/// The first few hundred members, without those of key records; nothing where the text is no JSON. Blanks, a
/// byte order mark and zero bytes around it do not count.
std::optional<std::vector<ReplyMember>> members_of(std::string_view json);

/// The same text without what does not count around it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace sesam::n200
