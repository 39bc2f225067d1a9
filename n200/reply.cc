// SPDX-License-Identifier: Apache-2.0
#include "n200/reply.h"

#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

namespace sesam::n200 {

namespace ondemand = simdjson::ondemand;

namespace {

// Takes the escapes out of strings, one at a time, in memory of our own: simdjson 3.0 does not notice when it
// gets none for that, and what it gets is too little for a value that is read twice.
class Unescape {
 public:
  Unescape(const ondemand::parser& parser, std::size_t longest)
      : parser_(parser), memory_(new std::uint8_t[longest + kWrittenBeyond]) {}

  /// The text lives until the next one is asked for.
  simdjson::simdjson_result<std::string_view> operator()(
      simdjson::simdjson_result<ondemand::raw_json_string> raw) const noexcept {
    ondemand::raw_json_string string;
    // NOLINTNEXTLINE(performance-move-const-arg): get() takes an rvalue
    if (const auto failed = std::move(raw).get(string)) return failed;
    std::uint8_t* end = memory_.get();
    return parser_.unescape(string, end);
  }

 private:
  static constexpr std::size_t kWrittenBeyond = 128;  // whole vectors, of 64 bytes at most
  const ondemand::parser& parser_;
  std::unique_ptr<std::uint8_t[]> memory_;
};

}  // namespace

// On the heap: simdjson's parser is large, and an ASYNC_JOB's stack is 32 KiB.
struct ReplyDocument::Parsed {
  explicit Parsed(std::string text) : body(std::move(text)), unescape(parser, body.size()) {}

  std::string body;
  ondemand::parser parser;
  ondemand::document document;
  const Unescape unescape;

  // Each look starts at the beginning, so members are found in any order. simdjson gives up a document whose
  // structure is broken, and must not be asked to rewind it then.
  simdjson::simdjson_result<ondemand::value> at(std::span<const std::string> path) {
    if (!document.is_alive()) return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    document.rewind();
    ondemand::object object;
    if (auto failed = document.get_object().get(object)) return failed;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      ondemand::object inner;
      if (auto failed = object.find_field_unordered(path[i]).get_object().get(inner)) return failed;
      object = inner;
    }
    return object.find_field_unordered(path.back());
  }
};

namespace {

std::string joined(std::span<const std::string> path) {
  std::string text;
  for (const auto& name : path) text += (text.empty() ? "" : ".") + name;
  return text;
}

Error missing(std::span<const std::string> path, simdjson::error_code failed, std::string_view kind) {
  const std::string problem =
      failed == simdjson::INCORRECT_TYPE ? "' is not " + std::string(kind) : "' is missing";
  const bool about_field = failed == simdjson::INCORRECT_TYPE || failed == simdjson::NO_SUCH_FIELD;
  return about_field ? Error{Reason::reply_field_missing, "field '" + joined(path) + problem}
                     : Error{Reason::bad_reply, std::string("JSON: ") + simdjson::error_message(failed)};
}

std::string text_of_value(ondemand::value value, const Unescape& unescape) {
  std::string_view text;
  if (value.type().value_unsafe() == ondemand::json_type::string &&
      unescape(value.get_raw_json_string()).get(text) == simdjson::SUCCESS)
    return std::string(text);
  return {};
}

unsigned number_of_value(ondemand::value value, const Unescape& unescape) {
  std::uint64_t number = 0;
  if (value.type().value_unsafe() == ondemand::json_type::number &&
      value.get_uint64().get(number) == simdjson::SUCCESS)
    return number <= std::numeric_limits<unsigned>::max() ? static_cast<unsigned>(number) : 0;
  const std::string text =
      text_of_value(value, unescape);  // the device writes some of its numbers as strings
  unsigned parsed = 0;
  std::from_chars(text.data(), text.data() + text.size(), parsed);
  return parsed;
}

// A number may be written without its leading zero ("10001").
Bytes number_bytes(std::string text, Encoding encoding) {
  if (encoding != Encoding::base64 && text.size() % 2 != 0) text.insert(0, 1, '0');
  return decode(text, encoding).value_or(Bytes{});
}

void take_field(RecordField field, ondemand::value value, const Unescape& unescape, Encoding encoding,
                KeyRecord& record) {
  switch (field) {
    case RecordField::key_id:
      record.key_id = text_of_value(value, unescape);
      break;
    case RecordField::token:
      record.token = text_of_value(value, unescape);
      break;
    case RecordField::id:
      record.id = text_of_value(value, unescape);
      break;
    case RecordField::nice_name:
      record.nice_name = text_of_value(value, unescape);
      break;
    case RecordField::key_type:
      record.key_type = text_of_value(value, unescape);
      break;
    case RecordField::key_len:
      record.key_bits = number_of_value(value, unescape);
      break;
    case RecordField::public_key:
      record.public_key = decode(text_of_value(value, unescape), encoding).value_or(Bytes{});
      break;
    case RecordField::modulus:
      record.modulus = number_bytes(text_of_value(value, unescape), encoding);
      break;
    case RecordField::exponent:
      record.exponent = number_bytes(text_of_value(value, unescape), encoding);
      break;
    case RecordField::acl:
      record.acl = text_of_value(value, unescape);
      break;
    case RecordField::owner:
      record.owner = text_of_value(value, unescape);
      break;
    case RecordField::created:
      record.created = text_of_value(value, unescape);
      break;
    case RecordField::last_used:
      record.last_used = text_of_value(value, unescape);
      break;
    case RecordField::planned_until:
      record.planned_until = text_of_value(value, unescape);
      break;
    case RecordField::count:
      break;
  }
}

// Before 4.0 simdjson's type() fails for what starts no JSON value, since then it gives a type that earlier
// ones lack.
bool starts_a_value(ondemand::value value) {
  using enum ondemand::json_type;
  ondemand::json_type type{};
  if (value.type().get(type)) return false;
  switch (type) {
    case array:
    case object:
    case number:
    case string:
    case boolean:
    case null:
      return true;
    default:
      return false;
  }
}

Result<KeyRecord> read_record(ondemand::object fields, const Unescape& unescape, const WireRow& row) {
  KeyRecord record;
  for (auto entry : fields) {
    std::string_view name;
    ondemand::value value;
    if (unescape(entry.key()).get(name) || entry.value().get(value) || !starts_a_value(value))
      return Error{Reason::bad_reply, "malformed key record"};
    std::bitset<kRecordFields> wanted;
    for (std::size_t i = 0; i < kRecordFields; ++i) wanted[i] = row.record_names[i] == name;
    for (std::size_t i = 0; i < kRecordFields; ++i)
      if (wanted[i]) take_field(static_cast<RecordField>(i), value, unescape, row.encoding, record);
  }
  return record;
}

}  // namespace

ReplyDocument::ReplyDocument(std::unique_ptr<Parsed> parsed) noexcept : parsed_(std::move(parsed)) {}
ReplyDocument::ReplyDocument(ReplyDocument&&) noexcept = default;
ReplyDocument& ReplyDocument::operator=(ReplyDocument&&) noexcept = default;
ReplyDocument::~ReplyDocument() = default;

Result<ReplyDocument> ReplyDocument::parse(std::string body) {
  auto parsed = std::make_unique<Parsed>(std::move(body));
  parsed->body.reserve(parsed->body.size() + simdjson::SIMDJSON_PADDING);
  const auto failed = parsed->parser
                          .iterate(simdjson::padded_string_view(parsed->body.data(), parsed->body.size(),
                                                                parsed->body.capacity()))
                          .get(parsed->document);
  if (failed == simdjson::MEMALLOC) throw std::bad_alloc();
  ondemand::object object;
  if (failed || parsed->document.get_object().get(object))
    return Error{Reason::bad_reply, "the reply is not a JSON object"};
  return ReplyDocument(std::move(parsed));
}

std::optional<std::string_view> ReplyDocument::error_text() {
  const std::string path[] = {"error"};
  auto found = text(path);
  if (!found || found->empty()) return std::nullopt;
  return *found;
}

Result<std::string_view> ReplyDocument::text(std::span<const std::string> path) {
  std::string_view text;
  if (const auto failed = parsed_->unescape(parsed_->at(path).get_raw_json_string()).get(text))
    return missing(path, failed, "a string");
  return text;
}

Result<void> ReplyDocument::for_each_record(const WireRow& row, const std::function<void(KeyRecord)>& take) {
  const std::span<const std::string> path = row.reply_path;
  ondemand::object members;
  if (const auto failed = parsed_->at(path).get_object().get(members))
    return missing(path, failed, "an object");
  for (auto member : members) {
    std::string_view name;
    ondemand::object fields;
    if (parsed_->unescape(member.key()).get(name) || member.value().get_object().get(fields))
      return Error{Reason::bad_reply, "'" + joined(path) + "' does not hold key records"};
    const std::string member_name(name);
    SESAM_TRY(record, read_record(fields, parsed_->unescape, row));
    if (record.key_id.empty()) record.key_id = member_name;
    take(std::move(record));
  }
  return {};
}

void begin_outliving_exit() { static_cast<void>(simdjson::get_active_implementation()->name()); }

void end_outliving_exit() noexcept {
  const auto* leaked = new (std::nothrow) simdjson::SIMDJSON_BUILTIN_IMPLEMENTATION::implementation;
  if (leaked != nullptr) simdjson::get_active_implementation() = leaked;
}

bool decode(std::string_view text, Encoding encoding, std::span<unsigned char> out) {
  if (encoding == Encoding::hex || encoding == Encoding::hex_lower) return from_hex(text, out);
  const auto bytes = decode(text, encoding);
  if (!bytes || bytes->size() != out.size()) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

std::optional<Bytes> decode(std::string_view text, Encoding encoding) {
  // cppcheck-suppress danglingTemporaryLifetime ; the bytes are copied
  if (encoding == Encoding::text) return Bytes(text.begin(), text.end());
  if (encoding != Encoding::base64) return from_hex(text);
  // EVP_DecodeBlock(3) takes '=' anywhere for a zero.
  const auto plain = std::min(text.find('='), text.size());
  if (text.size() - plain > 2 || text.find_first_not_of('=', plain) != text.npos) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace sesam::n200
