// SPDX-License-Identifier: Apache-2.0
// The wire table: how each operation looks on the device's HTTP interface. Every row, observed or assumed
// (n200.md), can be replaced by a wire_... setting in openssl.cnf.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "n200/operation.h"
#include "transport/request.h"

namespace sesam::n200 {

/// What a {placeholder} stands for. Text values are percent-encoded when they are inserted.
enum class Placeholder : std::uint8_t {
  core,
  key_id,
  token,
  pin,
  name,
  type,
  digest,
  padding,
  hash_name,
  salt_bytes,
  bits,
  acl,
  private_key,
  byte_count,
  data,
  count
};

/// How bytes are written in a request or a reply. text: unchanged, as UTF-8.
enum class Encoding : std::uint8_t { hex, hex_lower, base64, text };

/// How a signature is laid out in a reply. EC: r‖s, each padded to the field's size (IEEE P1363), or DER (RFC
/// 3279). RSA: raw, as long as the modulus (RFC 8017).
enum class SignatureForm : std::uint8_t { p1363, der, raw };

/// A piece of a template: literal text, or a placeholder.
struct Piece {
  std::string literal;  // used when placeholder == count
  Placeholder placeholder = Placeholder::count;
  Encoding encoding = Encoding::hex;
};

/// One form field. It is left out if a placeholder in it has no value.
struct Field {
  std::string name;
  std::vector<Piece> value;
};

/// The fields of a key record. WireRow::record_names has their names in the device's replies.
enum class RecordField : std::uint8_t {
  key_id,
  token,
  id,
  nice_name,
  key_type,
  key_len,
  public_key,
  modulus,
  exponent,
  acl,
  owner,
  created,
  last_used,
  planned_until,
  count
};
constexpr std::size_t kRecordFields = static_cast<std::size_t>(RecordField::count);

/// One row, parsed.
///
/// Grammar: METHOD [/path] [field=value]... -> reply[:form[:encoding]] [ourname=theirname]...
/// e.g. "POST command=eccsign core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex"
/// and  "GET /n200/getkeyattributes/{name}/ -> result public_key=public_key".
/// `reply` is a path of member names joined by dots. A POST without a path goes to /n200/web/postv1.
struct WireRow {
  transport::Method method = transport::Method::post;
  std::vector<Piece> path;
  std::vector<Field> fields;
  std::vector<std::string> reply_path;
  SignatureForm form = SignatureForm::p1363;
  Encoding encoding = Encoding::hex;
  std::array<std::string, kRecordFields> record_names;

  /// Parses a row. Raises bad_configuration, saying what is wrong with it.
  static Result<WireRow> parse(std::string_view text);
  /// How many bytes of the path come before its first placeholder.
  std::size_t fixed_path_bytes() const noexcept;
  /// Renames the command (a POST's field "command", a GET's second path segment). Raises bad_configuration.
  Result<void> rename_command(std::string_view name);

  bool operator==(const WireRow&) const = default;
};

inline bool operator==(const Piece& a, const Piece& b) {
  return a.literal == b.literal && a.placeholder == b.placeholder && a.encoding == b.encoding;
}
inline bool operator==(const Field& a, const Field& b) { return a.name == b.name && a.value == b.value; }

/// What the device answers: ecdsa_signature is r‖s in any of its forms, plain_signature a number (RSA).
enum class Answer : std::uint8_t {
  ecdsa_signature,
  plain_signature,
  random_bytes,
  key_id,
  time,
  deletion,
  ciphertext,
  plaintext,
  records
};

/// A row's setting and its default.
struct WireDefault {
  Operation operation;
  std::string_view key;
  std::string_view row;
  Answer answer;
  std::string_view standing;  ///< "observed" or "assumed" (n200.md)
};
const std::array<WireDefault, static_cast<std::size_t>(Operation::count)>& wire_defaults() noexcept;
/// The name of the setting for that operation's row: "wire_ec_sign".
std::string_view setting_of(Operation operation) noexcept;
Answer answer_to(Operation operation) noexcept;

/// The rows in effect.
class WireTable {
 public:
  WireTable();  ///< the defaults
  /// Applies a wire_... setting: a bare word replaces the command's name, anything longer the whole row.
  /// Raises bad_configuration.
  Result<void> set(Operation operation, std::string_view value);
  const WireRow& row(Operation operation) const noexcept {
    return rows_[static_cast<std::size_t>(operation)];
  }

  bool operator==(const WireTable&) const = default;

 private:
  std::array<WireRow, static_cast<std::size_t>(Operation::count)> rows_;
};

}  // namespace sesam::n200
