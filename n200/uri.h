// SPDX-License-Identifier: Apache-2.0
// The grammar of key URIs: "pkcs11:" (RFC 7512), and "sesam:" with the same attributes and some of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Which objects of a key a URI asks for (RFC 7512, section 2.3, "type").
enum class ObjectType : std::uint8_t { any, private_key, public_key, certificate, other };

/// A parsed URI. Attributes that are absent or empty are empty here; percent-escapes are decoded.
struct KeyUri {
  std::string object;  ///< nice_name (CKA_LABEL)
  std::string token;   ///< the 31-character token label
  std::string id;      ///< CKA_ID, raw bytes
  std::string key_id;  ///< the 39-character key_id; not in RFC 7512
  std::string serial;  ///< the 16 hex digits inside the key_id
  std::string manufacturer;
  std::string acl;               ///< of a key to be generated; not in RFC 7512
  std::optional<unsigned> core;  ///< crypto core; not in RFC 7512
  ObjectType type = ObjectType::any;
  Secret pin_value;
  std::string pin_source;  ///< "file:" URI or path, as written

  bool is_bare = true;  ///< nothing after the scheme but a type

  /// What is wrong with an attribute that may have been meant to name the key: its value is empty, or it is
  /// unknown and in the path. For a message; empty if there is none.
  std::string lost_name;

  /// True if nothing in it identifies a key: the bare scheme, or only a manufacturer, for example.
  bool names_no_key() const noexcept {
    return object.empty() && token.empty() && id.empty() && key_id.empty();
  }

  /// Parses "pkcs11:..." or "sesam:..." (the scheme in any case). Before the first '?' only ';' separates,
  /// after it '&' and, for BIND, ';' (RFC 7512, section 2.3). Attributes that sesam does not use (module-*,
  /// slot-*, library-*, unknown ones) are ignored; unknown ones may repeat. "sesam:NAME" is short for
  /// "sesam:object=NAME", or for key-id or token if NAME has that form. Raises bad_uri for a duplicate of a
  /// known attribute, a malformed escape, name or value, and ambiguous text; the message never contains a
  /// PIN.
  static Result<KeyUri> parse(std::string_view text);
};

/// True if `text` starts with "pkcs11:" or "sesam:".
bool has_key_uri_scheme(std::string_view text) noexcept;

/// True if `text` contains "pin", in any case of letters: it may have an attribute with a PIN.
bool may_hold_a_pin(std::string_view text) noexcept;

/// `text` with every byte percent-encoded that RFC 7512 does not allow literally in a value, and '='.
std::string percent_encode(std::string_view text);

/// Reads the PIN that a pin-source names: "file:/path", "file:///path", an absolute or a relative path.
/// Raises pin_source_unreadable, also for a file that cannot hold one (read_only_line()).
Result<Secret> read_pin_source(const std::string& source);

/// "hsm" and 36 hex digits: a key_id. "hsm" and 28: a token label (n200.md, "Names of one key").
bool is_key_id(std::string_view text) noexcept;
bool is_token_label(std::string_view text) noexcept;

/// Well-formed names that no key has.
std::string absent_key_id();
std::string absent_token_label();

}  // namespace sesam::n200
