// SPDX-License-Identifier: Apache-2.0
#include "n200/reply.h"

#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "n200/key_type_forms.h"
#include "n200/public_key_forms.h"
#include "n200/reply_members.h"

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

  std::optional<std::string> answer;  // in place of what text() would find

  // Each look starts at the beginning, so members are found in any order. simdjson gives up a document whose
  // structure is broken, and must not be asked to rewind it then.
  simdjson::simdjson_result<ondemand::object> root() {
    if (!document.is_alive()) return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    document.rewind();
    return document.get_object();
  }
  simdjson::simdjson_result<ondemand::value> at(std::span<const std::string> path) {
    ondemand::value found;
    const auto failed = exactly_at(path).get(found);
    if (failed == simdjson::NO_SUCH_FIELD) return about_at(path);
    if (failed) return failed;
    return found;
  }
  simdjson::simdjson_result<ondemand::value> exactly_at(std::span<const std::string> path) {
    ondemand::object object;
    if (auto failed = root().get(object)) return failed;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      ondemand::object inner;
      if (auto failed = object.find_field_unordered(path[i]).get_object().get(inner)) return failed;
      object = inner;
    }
    return object.find_field_unordered(path.back());
  }
  // The names in any spelling.
  simdjson::simdjson_result<ondemand::value> about_at(std::span<const std::string> path) {
    ondemand::object object;
    if (auto failed = root().get(object)) return failed;
    for (std::size_t i = 0;; ++i) {
      ondemand::value value;
      if (auto failed = about(object, canonical_name(path[i])).get(value)) return failed;
      if (i + 1 == path.size()) return value;
      if (auto failed = value.get_object().get(object)) return failed;
    }
  }

 private:
  simdjson::simdjson_result<ondemand::value> about(ondemand::object object,
                                                   const std::string& canonical) const {
    for (auto entry : object) {
      std::string_view name;
      if (auto failed = unescape(entry.key()).get(name)) return failed;
      if (canonical_name(name) == canonical) return entry.value();
    }
    return simdjson::NO_SUCH_FIELD;
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

Bytes rsa_number_of_value(ondemand::value value, const Unescape& unescape, Encoding encoding) {
  std::uint64_t number = 0;
  if (value.type().value_unsafe() == ondemand::json_type::number &&
      value.get_uint64().get(number) == simdjson::SUCCESS) {
    Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8)
      if (const auto byte = static_cast<unsigned char>(number >> shift); byte != 0 || !bytes.empty())
        bytes.push_back(byte);
    return bytes;
  }
  return rsa_number_of(text_of_value(value, unescape), encoding);
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
      break;  // see SettledRecord
    case RecordField::modulus:
      record.modulus = rsa_number_of_value(value, unescape, encoding);
      break;
    case RecordField::exponent:
      record.exponent = rsa_number_of_value(value, unescape, encoding);
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

// What a record's members say together: the type in our words, the public key in the form of its curve.
class Settlement {
 public:
  void add_public_key(std::string text) {
    if (!text.empty()) public_keys_.push_back(std::move(text));
  }
  void settle(KeyRecord& record, Encoding encoding) const {
    settle_type(record);
    for (const auto& text : public_keys_) {
      auto key = x_and_y_of(text, encoding, {record.key_type, record.key_bits});
      if (!key) continue;
      if (!record.public_key.empty() && record.public_key != *key)
        record.flaw = "two public keys that differ";
      record.public_key = std::move(*key);
    }
    settle_curve(record);
    settle_rsa(record);
    if (!record.flaw.empty()) record.public_key.clear();
  }

 private:
  static void settle_type(KeyRecord& record) {
    if (record.key_type.empty()) return;
    auto word = key_type_of(record.key_type);
    record.key_type = std::move(word.type);
    if (word.bits != 0 && record.key_bits != 0 && word.bits != record.key_bits)
      record.flaw = "a type of " + std::to_string(word.bits) + " bits and a length of " +
                    std::to_string(record.key_bits);
    if (record.key_bits == 0) record.key_bits = word.bits;
  }
  static void settle_curve(KeyRecord& record) {
    if (record.public_key.empty()) return;
    if (record.key_bits == 0) record.key_bits = bits_of_point(record.key_type, record.public_key.size());
    if (!is_any_curve(record.key_type)) return;
    if (const auto family = family_of_point(record.public_key); !family.empty()) record.key_type = family;
  }

  static void settle_rsa(KeyRecord& record) {
    if (record.modulus.empty()) return;
    if (record.key_bits == 0) record.key_bits = bits_of_number(record.modulus);
    if (record.flaw.empty()) record.flaw = flaw_of_rsa_key(record.modulus, record.exponent);
  }

  std::vector<std::string> public_keys_;
};

using Taker = std::function<void(KeyRecord)>;
using Clock = std::chrono::steady_clock;

// Reads the key records in whatever a device puts around them.
class RecordReader {
 public:
  RecordReader(const WireRow& row, const Unescape& unescape, const Taker& take, Clock::time_point until)
      : row_(row), unescape_(unescape), take_(take), until_(until) {
    std::ranges::transform(row.record_names, canonical_.begin(), canonical_name);
  }

  Result<void> read(ondemand::value value) { return read_value(value, {}, 0); }
  Result<void> read(ondemand::object object) { return read_object(object, {}, 0); }
  /// Something was there, but no record.
  bool found_others_only() const noexcept { return records_ == 0 && others_ > 0; }

  enum class Shape { record, records, other };
  Result<Shape> shape_of(ondemand::object object) const {
    Shape shape = Shape::other;
    for (auto entry : object) {
      std::string_view name;
      ondemand::value value;
      if (unescape_(entry.key()).get(name) || entry.value().get(value) || !starts_a_value(value))
        return malformed();
      const bool holds_more = is_object(value) || is_array(value);
      if (holds_more && has_key_id_form(name)) shape = Shape::records;
      if (!holds_more && fields_named(name).any()) shape = Shape::record;
      if (shape != Shape::other) break;
    }
    if (object.reset().error()) return malformed();
    return shape;
  }

 private:
  static constexpr unsigned kMostDepth = 4;
  static constexpr std::size_t kValuesPerLook = 4096;  // at the clock
  static Error malformed() { return {Reason::bad_reply, "malformed key record"}; }
  static bool is_object(ondemand::value value) {
    return value.type().value_unsafe() == ondemand::json_type::object;
  }
  static bool is_array(ondemand::value value) {
    return value.type().value_unsafe() == ondemand::json_type::array;
  }

  // By the spelling of the row, else by any other.
  std::bitset<kRecordFields> fields_named(std::string_view name) const {
    std::bitset<kRecordFields> named;
    for (std::size_t i = 0; i < kRecordFields; ++i) named[i] = row_.record_names[i] == name;
    if (named.any()) return named;
    const std::string canonical = canonical_name(name);
    for (std::size_t i = 0; i < kRecordFields; ++i) named[i] = canonical_[i] == canonical;
    return named;
  }

  Result<void> read_value(ondemand::value value, const std::string& name, unsigned depth) {
    ondemand::object object;
    ondemand::array array;
    if (++values_ % kValuesPerLook == 0 && Clock::now() >= until_)
      return Error{Reason::timed_out, "the reply is too long to be read by the deadline"};
    if (!starts_a_value(value)) return malformed();
    if (depth <= kMostDepth && is_object(value)) {
      if (value.get_object().get(object)) return malformed();
      return read_object(object, name, depth);
    }
    if (depth <= kMostDepth && is_array(value)) {
      if (value.get_array().get(array)) return malformed();
      return read_array(array, depth);
    }
    ++others_;
    return {};
  }

  Result<void> read_array(ondemand::array array, unsigned depth) {
    if (depth > 0) ++others_;  // an empty one tells nothing
    for (auto element : array) {
      ondemand::value value;
      if (element.get(value)) return malformed();
      SESAM_CHECK(read_value(value, {}, depth + 1));
    }
    return {};
  }

  // Under a name that is a key_id there is a record whatever is in it, and under any other one where nothing
  // in it looks like something else.
  Result<void> read_object(ondemand::object object, const std::string& name, unsigned depth) {
    if (!has_key_id_form(name)) {
      SESAM_TRY(shape, shape_of(object));
      bool is_empty = false;
      if (object.is_empty().get(is_empty)) return malformed();
      if (shape == Shape::records || (shape == Shape::other && !(is_empty && depth > 0)))
        return read_members(object, depth);
    }
    SESAM_TRY(record, read_record(object));
    if (record.key_id.empty()) record.key_id = name;
    ++records_;
    take_(std::move(record));
    return {};
  }

  Result<void> read_members(ondemand::object object, unsigned depth) {
    for (auto entry : object) {
      std::string_view name;
      ondemand::value value;
      if (unescape_(entry.key()).get(name) || entry.value().get(value)) return malformed();
      const std::string kept(name);
      SESAM_CHECK(read_value(value, kept, depth + 1));
    }
    return {};
  }

  // A member that is there twice, letter for letter, is no device's honest answer.
  Result<KeyRecord> read_record(ondemand::object fields) const {
    KeyRecord record;
    Settlement together;
    std::bitset<kRecordFields> exact, taken;
    for (auto entry : fields) {
      std::string_view name;
      ondemand::value value;
      if (unescape_(entry.key()).get(name) || entry.value().get(value) || !starts_a_value(value))
        return malformed();
      const auto wanted = fields_named(name);
      const bool is_exact = is_exactly_named(wanted, name);
      if (is_exact && (exact & wanted).any()) record.flaw = "a member that is there twice";
      for (std::size_t i = 0; i < kRecordFields; ++i) {
        const auto field = static_cast<RecordField>(i);
        if (!wanted[i]) continue;
        if (field == RecordField::public_key)
          together.add_public_key(text_of_value(value, unescape_));
        else if (is_exact || !taken[i])
          take_field(field, value, unescape_, row_.encoding, record);
      }
      taken |= wanted;
      if (is_exact) exact |= wanted;
    }
    const std::string flaw = record.flaw;
    together.settle(record, row_.encoding);
    if (!flaw.empty()) record.flaw = flaw;
    return record;
  }

  bool is_exactly_named(const std::bitset<kRecordFields>& wanted, std::string_view name) const {
    for (std::size_t i = 0; i < kRecordFields; ++i)
      if (wanted[i]) return row_.record_names[i] == name;
    return false;
  }

  const WireRow& row_;
  const Unescape& unescape_;
  const Taker& take_;
  const Clock::time_point until_;
  std::array<std::string, kRecordFields> canonical_;
  std::size_t records_ = 0, others_ = 0, values_ = 0;
};

}  // namespace

ReplyDocument::ReplyDocument(std::unique_ptr<Parsed> parsed) noexcept : parsed_(std::move(parsed)) {}
ReplyDocument::ReplyDocument(ReplyDocument&&) noexcept = default;
ReplyDocument& ReplyDocument::operator=(ReplyDocument&&) noexcept = default;
ReplyDocument::~ReplyDocument() = default;

Result<ReplyDocument> ReplyDocument::parse(std::string body) { return parse_in_place(body); }

Result<ReplyDocument> ReplyDocument::parse_in_place(std::string& body) {
  if (const auto text = trimmed(body); text.size() != body.size()) body = std::string(text);
  auto parsed = std::make_unique<Parsed>(std::move(body));
  parsed->body.reserve(parsed->body.size() + simdjson::SIMDJSON_PADDING);
  const auto failed = parsed->parser
                          .iterate(simdjson::padded_string_view(parsed->body.data(), parsed->body.size(),
                                                                parsed->body.capacity()))
                          .get(parsed->document);
  if (failed == simdjson::MEMALLOC) throw std::bad_alloc();
  ondemand::object object;
  if (!failed && !parsed->document.get_object().get(object)) return ReplyDocument(std::move(parsed));
  body = std::move(parsed->body);
  return Error{Reason::bad_reply, "the reply is not a JSON object"};
}

bool ReplyDocument::is_whole() {
  ondemand::object object;
  if (parsed_->root().get(object)) return false;
  for (auto entry : object)
    if (entry.error()) return false;
  return true;
}

std::string_view ReplyDocument::body() const noexcept { return parsed_->body; }

void ReplyDocument::answer_with(std::string text) { parsed_->answer = std::move(text); }

Result<std::string_view> ReplyDocument::text(std::span<const std::string> path) {
  std::string_view text;
  if (parsed_->answer) return std::string_view(*parsed_->answer);
  if (const auto failed = parsed_->unescape(parsed_->at(path).get_raw_json_string()).get(text))
    return missing(path, failed, "a string");
  return text;
}

bool ReplyDocument::is_answered_elsewhere() const noexcept { return parsed_->answer.has_value(); }

bool ReplyDocument::may_hold_records(const WireRow& row) {
  ondemand::value value;
  const auto failed = parsed_->at(row.reply_path).get(value);
  if (!failed) {
    const auto type = value.type();
    return !type.error() && (type.value_unsafe() == ondemand::json_type::object ||
                             type.value_unsafe() == ondemand::json_type::array);
  }
  ondemand::object object;
  if (failed != simdjson::NO_SUCH_FIELD || parsed_->root().get(object)) return false;
  const Taker nobody;
  const auto shape = RecordReader(row, parsed_->unescape, nobody, Clock::time_point::max()).shape_of(object);
  return shape && *shape != RecordReader::Shape::other;
}

Result<void> ReplyDocument::for_each_record(const WireRow& row, const std::function<void(KeyRecord)>& take,
                                            Clock::time_point until) {
  const std::span<const std::string> path = row.reply_path;
  RecordReader reader(row, parsed_->unescape, take, until);
  const Error none{Reason::bad_reply, "'" + joined(path) + "' does not hold key records"};
  ondemand::value value;
  if (const auto failed = parsed_->at(path).get(value)) {
    ondemand::object object;
    if (failed != simdjson::NO_SUCH_FIELD || !may_hold_records(row) || parsed_->root().get(object))
      return missing(path, failed, "an object");
    return reader.read(object);
  }
  if (!may_hold_records(row)) return missing(path, simdjson::INCORRECT_TYPE, "an object");
  if (parsed_->at(path).get(value)) return none;
  SESAM_CHECK(reader.read(value));
  return reader.found_others_only() ? Result<void>(none) : Result<void>();
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
