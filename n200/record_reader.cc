// SPDX-License-Identifier: Apache-2.0
#include "n200/record_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "n200/key_type_forms.h"
#include "n200/public_key_forms.h"
#include "n200/reply_members.h"

namespace sesam::n200 {
namespace {

constexpr unsigned kMaxDepth = 4;
constexpr std::size_t kMaxQuoted = 150;       // bytes of a public key that is not understood
constexpr std::size_t kValuesPerLook = 4096;  // values that are read between looks at the clock

Error malformed() { return {Reason::bad_reply, "malformed key record"}; }

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

constexpr std::pair<RecordField, std::string KeyRecord::*> kTexts[] = {
    {RecordField::key_id, &KeyRecord::key_id},
    {RecordField::token, &KeyRecord::token},
    {RecordField::id, &KeyRecord::id},
    {RecordField::nice_name, &KeyRecord::nice_name},
    {RecordField::key_type, &KeyRecord::key_type},
    {RecordField::acl, &KeyRecord::acl},
    {RecordField::owner, &KeyRecord::owner},
    {RecordField::created, &KeyRecord::created},
    {RecordField::last_used, &KeyRecord::last_used},
    {RecordField::planned_until, &KeyRecord::planned_until},
};

// Reads any field but the public key, for which see Settlement.
void take_field(RecordField field, ondemand::value value, const Unescape& unescape, Encoding encoding,
                KeyRecord& record) {
  const auto* const text =
      std::ranges::find(kTexts, field, &std::pair<RecordField, std::string KeyRecord::*>::first);
  if (text != std::end(kTexts))
    record.*text->second = text_of_value(value, unescape);
  else if (field == RecordField::key_len)
    record.key_bits = number_of_value(value, unescape);
  else if (field == RecordField::modulus)
    record.modulus = rsa_number_of_value(value, unescape, encoding);
  else if (field == RecordField::exponent)
    record.exponent = rsa_number_of_value(value, unescape, encoding);
}

// Combines a record's members: the type in the terms of n200.md, the public key in the form of its curve.
class Settlement {
 public:
  void add_public_key(std::string text) {
    if (!text.empty()) public_keys_.push_back(std::move(text));
  }
  void settle(KeyRecord& record, Encoding encoding) const {
    settle_type(record);
    for (const auto& text : public_keys_) {
      auto key = x_and_y_of(text, encoding, {record.key_type, record.key_bits});
      if (!key) {
        record.unread_public_key = text.substr(0, kMaxQuoted);
        continue;
      }
      if (!record.public_key.empty() && record.public_key != *key) record.flaw = "two different public keys";
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

}  // namespace

RecordReader::RecordReader(const WireRow& row, const Unescape& unescape, const Visitor& visit,
                           Clock::time_point until)
    : row_(row), unescape_(unescape), visit_(visit), until_(until) {
  std::ranges::transform(row.record_names, canonical_.begin(), canonical_name);
}

Result<RecordReader::Shape> RecordReader::shape_of(ondemand::object object) const {
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

// The fields by the spelling of the row, else by any other spelling (canonical_name()).
RecordReader::Fields RecordReader::fields_named(std::string_view name) const {
  Fields named;
  for (std::size_t i = 0; i < kRecordFields; ++i) named[i] = row_.record_names[i] == name;
  if (named.any()) return named;
  const std::string canonical = canonical_name(name);
  for (std::size_t i = 0; i < kRecordFields; ++i) named[i] = canonical_[i] == canonical;
  return named;
}

Result<void> RecordReader::read_value(ondemand::value value, const std::string& name, unsigned depth) {
  ondemand::object object;
  ondemand::array array;
  if (++values_ % kValuesPerLook == 0 && Clock::now() >= until_)
    return Error{Reason::timed_out, "the reply is too long to read before the deadline"};
  if (!starts_a_value(value)) return malformed();
  if (depth <= kMaxDepth && is_object(value)) {
    if (value.get_object().get(object)) return malformed();
    return read_object(object, name, depth);
  }
  if (depth <= kMaxDepth && is_array(value)) {
    if (value.get_array().get(array)) return malformed();
    return read_array(array, depth);
  }
  ++others_;
  return {};
}

Result<void> RecordReader::read_array(ondemand::array array, unsigned depth) {
  if (depth > 0) ++others_;  // even if empty: only an empty list at the top means "no keys"
  for (auto element : array) {
    ondemand::value value;
    if (element.get(value)) return malformed();
    SESAM_CHECK(read_value(value, {}, depth + 1));
  }
  return {};
}

// An object under a key_id is a record, whatever is in it. Any other object is a record if it has fields of a
// record, or is empty and inside another value.
Result<void> RecordReader::read_object(ondemand::object object, const std::string& name, unsigned depth) {
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
  visit_(std::move(record));
  return {};
}

Result<void> RecordReader::read_members(ondemand::object object, unsigned depth) {
  for (auto entry : object) {
    std::string_view name;
    ondemand::value value;
    if (unescape_(entry.key()).get(name) || entry.value().get(value)) return malformed();
    const std::string kept(name);
    SESAM_CHECK(read_value(value, kept, depth + 1));
  }
  return {};
}

// A member that is present twice, in the exact spelling, makes the record unusable.
Result<KeyRecord> RecordReader::read_record(ondemand::object fields) const {
  KeyRecord record;
  Settlement together;
  Fields exact, taken;
  for (auto entry : fields) {
    std::string_view name;
    ondemand::value value;
    if (unescape_(entry.key()).get(name) || entry.value().get(value) || !starts_a_value(value))
      return malformed();
    const auto wanted = fields_named(name);
    const bool is_exact = is_exactly_named(wanted, name);
    if (is_exact && (exact & wanted).any()) record.flaw = "a duplicate member";
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

bool RecordReader::is_exactly_named(const Fields& wanted, std::string_view name) const {
  for (std::size_t i = 0; i < kRecordFields; ++i)
    if (wanted[i]) return row_.record_names[i] == name;
  return false;
}

}  // namespace sesam::n200
