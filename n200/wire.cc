// SPDX-License-Identifier: Apache-2.0
#include "n200/wire.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sesam::n200 {
namespace {

constexpr std::string_view kPostPath = "/n200/web/postv1";

// The default table. Observed rows are facts; assumed ones are guesses that a user with the vendor's manual
// can correct.
constexpr std::array<WireDefault, static_cast<std::size_t>(Operation::count)> kDefaults = {{
    {Operation::ec_sign, "wire_ec_sign",
     "POST command=eccsign core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex",
     Answer::ecdsa_signature, "assumed"},
    {Operation::rsa_sign, "wire_rsa_sign",
     "POST command=rsasign core={core} key={key_id} pin={pin} padding={padding} hashalg={hash_name} "
     "saltlen={salt_bytes} "
     "hash={digest:hex} -> result:raw:hex",
     Answer::plain_signature, "assumed"},
    {Operation::find_key, "wire_find_key", "GET /n200/getkeyattributes/{name}/ -> result", Answer::records,
     "observed"},
    {Operation::list_keys, "wire_list_keys", "GET /n200/listkeys/{type}/ -> result", Answer::records,
     "observed"},
    {Operation::ec_generate, "wire_ec_generate",
     "POST command=genecckey core={core} curve={type} keysize={bits} acl={acl} pin={pin} nice_name={name} -> "
     "result",
     Answer::key_id, "observed"},
    {Operation::rsa_generate, "wire_rsa_generate",
     "POST command=genrsakey core={core} keysize={bits} acl={acl} pin={pin} nice_name={name} -> result",
     Answer::key_id, "assumed"},
    {Operation::timestamp, "wire_timestamp", "GET /n200/timestamp/ -> result", Answer::time, "observed"},
    {Operation::ec_import, "wire_ec_import",
     "POST command=importecckey core={core} curve={type} acl={acl} pin={pin} nice_name={name} "
     "key_to_import={private_key:hex} -> result",
     Answer::key_id, "observed"},
    {Operation::random, "wire_random", "GET /n200/getrandom/{byte_count}/ -> result", Answer::random_bytes,
     "observed"},
    {Operation::remove, "wire_delete", "POST command=deletekey core={core} key={key_id} pin={pin} -> result",
     Answer::deletion, "assumed"},
    // Observed as GETs, whose paths would put the PIN and the text into the logs of servers and proxies.
    {Operation::encrypt, "wire_encrypt",
     "POST command=encrypt core={core} key={key_id} pin={pin} mode=CBC text={data:text} -> result",
     Answer::ciphertext, "assumed"},
    {Operation::decrypt, "wire_decrypt",
     "POST command=decrypt core={core} key={key_id} pin={pin} mode=CBC text={data:hex} -> result:raw:text",
     Answer::plaintext, "assumed"},
}};

constexpr std::pair<std::string_view, Placeholder> kPlaceholders[] = {
    {"core", Placeholder::core},
    {"key_id", Placeholder::key_id},
    {"token", Placeholder::token},
    {"pin", Placeholder::pin},
    {"name", Placeholder::name},
    {"type", Placeholder::type},
    {"digest", Placeholder::digest},
    {"padding", Placeholder::padding},
    {"hash_name", Placeholder::hash_name},
    {"salt_bytes", Placeholder::salt_bytes},
    {"bits", Placeholder::bits},
    {"acl", Placeholder::acl},
    {"private_key", Placeholder::private_key},
    {"byte_count", Placeholder::byte_count},
    {"data", Placeholder::data},
};
constexpr std::pair<std::string_view, Encoding> kEncodings[] = {{"hex", Encoding::hex},
                                                                {"hexlower", Encoding::hex_lower},
                                                                {"base64", Encoding::base64},
                                                                {"text", Encoding::text}};
constexpr std::pair<std::string_view, SignatureForm> kForms[] = {
    {"p1363", SignatureForm::p1363}, {"der", SignatureForm::der}, {"raw", SignatureForm::raw}};
constexpr std::pair<std::string_view, RecordField> kRecordNames[] = {
    {"key_id", RecordField::key_id},
    {"token_name", RecordField::token},
    {"id", RecordField::id},
    {"nice_name", RecordField::nice_name},
    {"key_type", RecordField::key_type},
    {"key_len", RecordField::key_len},
    {"public_key", RecordField::public_key},
    {"modulus", RecordField::modulus},
    {"exponent", RecordField::exponent},
    {"key_acl", RecordField::acl},
    {"key_owner", RecordField::owner},
    {"date_of_creation", RecordField::created},
    {"date_of_last_use", RecordField::last_used},
    {"date_planned_lifetime_until", RecordField::planned_until},
};

Error bad_row(std::string_view problem, std::string_view where) {
  return {Reason::bad_configuration,
          std::string(problem) + " '" + std::string(where) + "' in a wire_... row"};
}

template <class Value, std::size_t N>
Result<Value> look_up(const std::pair<std::string_view, Value> (&table)[N], std::string_view name,
                      std::string_view kind) {
  for (const auto& [known, value] : table)
    if (known == name) return value;
  std::string allowed;
  for (const auto& row : table) allowed += (allowed.empty() ? "" : ", ") + std::string(row.first);
  return Error{Reason::bad_configuration, "unknown " + std::string(kind) + " '" + std::string(name) +
                                              "' in a wire_... row; allowed values: " + allowed};
}

// Cuts the next word off `text`; words are separated by blanks.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const auto length = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

Result<Piece> parse_placeholder(std::string_view inside) {
  Piece piece;
  const auto colon = std::min(inside.find(':'), inside.size());
  SESAM_TRY(placeholder, look_up(kPlaceholders, inside.substr(0, colon), "placeholder"));
  piece.placeholder = placeholder;
  if (colon < inside.size()) {
    SESAM_TRY(encoding, look_up(kEncodings, inside.substr(colon + 1), "encoding"));
    piece.encoding = encoding;
  }
  return piece;
}

Result<std::vector<Piece>> parse_template(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    if (open > 0) pieces.push_back({std::string(text.substr(0, open)), Placeholder::count, Encoding::hex});
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find('}');
    if (close == text.npos) return bad_row("no '}' after", text);
    SESAM_TRY(piece, parse_placeholder(text.substr(1, close - 1)));
    pieces.push_back(std::move(piece));
    text.remove_prefix(close + 1);
  }
  return pieces;
}

Result<void> parse_method(std::string_view word, WireRow& row) {
  if (word != "POST" && word != "GET") return bad_row("method is neither POST nor GET:", word);
  row.method = word == "POST" ? transport::Method::post : transport::Method::get;
  return {};
}

Result<void> parse_request_word(std::string_view word, WireRow& row) {
  if (word.front() == '/') {
    SESAM_TRY(path, parse_template(word));
    row.path = std::move(path);
    return {};
  }
  const auto equals = word.find('=');
  if (equals == word.npos || equals == 0) return bad_row("expected field=value instead of", word);
  SESAM_TRY(value, parse_template(word.substr(equals + 1)));
  row.fields.push_back({std::string(word.substr(0, equals)), std::move(value)});
  return {};
}

Result<void> parse_reply_word(std::string_view word, WireRow& row) {
  const auto colon = std::min(word.find(':'), word.size());
  std::string_view path = word.substr(0, colon);
  if (path.empty()) return bad_row("no field before", word);
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    row.reply_path.emplace_back(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  if (colon == word.size()) return {};
  const std::string_view rest = word.substr(colon + 1);
  const auto second = std::min(rest.find(':'), rest.size());
  SESAM_TRY(form, look_up(kForms, rest.substr(0, second), "signature form"));
  row.form = form;
  if (second < rest.size()) {
    SESAM_TRY(encoding, look_up(kEncodings, rest.substr(second + 1), "encoding"));
    row.encoding = encoding;
  }
  return {};
}

Result<void> parse_record_word(std::string_view word, WireRow& row) {
  const auto equals = word.find('=');
  if (equals == word.npos || equals + 1 == word.size())
    return bad_row("expected ourname=theirname instead of", word);
  SESAM_TRY(field, look_up(kRecordNames, word.substr(0, equals), "record field"));
  row.record_names[static_cast<std::size_t>(field)] = word.substr(equals + 1);
  return {};
}

}  // namespace

const std::array<WireDefault, static_cast<std::size_t>(Operation::count)>& wire_defaults() noexcept {
  return kDefaults;
}

std::string_view setting_of(Operation operation) noexcept {
  return kDefaults[static_cast<std::size_t>(operation)].key;
}

Answer answer_to(Operation operation) noexcept {
  return kDefaults[static_cast<std::size_t>(operation)].answer;
}

Result<WireRow> WireRow::parse(std::string_view text) {
  WireRow row;
  for (const auto& [name, field] : kRecordNames) row.record_names[static_cast<std::size_t>(field)] = name;
  SESAM_CHECK(parse_method(next_word(text), row));
  std::string_view word;
  while (word = next_word(text), !word.empty() && word != "->") SESAM_CHECK(parse_request_word(word, row));
  if (word != "->") return bad_row("no '->' before the reply after", row.path.empty() ? "POST" : "the path");
  word = next_word(text);
  if (word.empty()) return bad_row("no field after", "->");
  SESAM_CHECK(parse_reply_word(word, row));
  while (word = next_word(text), !word.empty()) SESAM_CHECK(parse_record_word(word, row));
  if (row.method == transport::Method::get && (row.path.empty() || !row.fields.empty()))
    return bad_row("a GET takes its arguments in the path, which starts with", "/");
  if (row.path.empty()) row.path.push_back({std::string(kPostPath), Placeholder::count, Encoding::hex});
  return row;
}

std::size_t WireRow::fixed_path_bytes() const noexcept {
  const bool has_start = !path.empty() && path.front().placeholder == Placeholder::count;
  return has_start ? path.front().literal.size() : 0;
}

Result<void> WireRow::rename_command(std::string_view name) {
  if (method == transport::Method::post) {
    const auto field =
        std::find_if(fields.begin(), fields.end(), [](const Field& f) { return f.name == "command"; });
    if (field == fields.end()) return bad_row("this row has no field", "command");
    field->value = {{std::string(name), Placeholder::count, Encoding::hex}};
    return {};
  }
  std::string& literal = path.front().literal;  // "/n200/COMMAND/"
  const auto start = literal.find('/', 1) + 1;
  literal.replace(start, literal.find('/', start) - start, name);
  return {};
}

// A unit test proves that the defaults parse, so the results are not checked here.
WireTable::WireTable() {
  for (const auto& row : kDefaults) rows_[static_cast<std::size_t>(row.operation)] = *WireRow::parse(row.row);
}

Result<void> WireTable::set(Operation operation, std::string_view value) {
  auto& row = rows_[static_cast<std::size_t>(operation)];
  if (value.empty()) return bad_row("empty value", "");
  if (value.find_first_of(" \t/={}") == value.npos) return row.rename_command(value);
  SESAM_TRY(parsed, WireRow::parse(value));
  row = std::move(parsed);
  return {};
}

}  // namespace sesam::n200
