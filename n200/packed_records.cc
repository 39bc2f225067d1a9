// SPDX-License-Identifier: Apache-2.0
#include "n200/packed_records.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <tuple>

namespace sesam::n200 {
namespace {

constexpr std::string KeyRecord::*kTexts[] = {
    &KeyRecord::key_id,    &KeyRecord::token,        &KeyRecord::id,    &KeyRecord::nice_name,
    &KeyRecord::key_type,  &KeyRecord::acl,          &KeyRecord::owner, &KeyRecord::created,
    &KeyRecord::last_used, &KeyRecord::planned_until};
constexpr Bytes KeyRecord::*kNumbers[] = {&KeyRecord::public_key, &KeyRecord::modulus, &KeyRecord::exponent};
constexpr std::size_t kFields = 1 + std::size(kTexts) + std::size(kNumbers);

void set_field(KeyRecord& record, std::size_t field, std::string_view text) {
  if (field == 0) {
    std::from_chars(text.data(), text.data() + text.size(), record.key_bits);
  } else if (field <= std::size(kTexts)) {
    record.*kTexts[field - 1] = text;
  } else {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    (record.*kNumbers[field - 1 - std::size(kTexts)]).assign(bytes, bytes + text.size());
  }
}

}  // namespace

void PackedRecords::add(const KeyRecord& record) {
  places_.push_back(texts_.end());
  texts_.push(std::to_string(record.key_bits));
  for (const auto text : kTexts) texts_.push(record.*text);
  for (const auto number : kNumbers) {
    const Bytes& bytes = record.*number;
    texts_.push({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
}

void PackedRecords::read_at(PackedTexts::Place place, KeyRecord& record) const {
  std::size_t field = 0;
  texts_.for_each_from(place, kFields, [&](std::string_view text) { set_field(record, field++, text); });
}

// The texts to sort by are packed, too: a listing may have a million records.
void PackedRecords::sort(const std::function<std::string(const KeyRecord&)>& key_of, bool descending) {
  struct Entry {
    PackedTexts::Place key, record;
  };
  PackedTexts keys;
  std::vector<Entry> entries;
  entries.reserve(places_.size());
  KeyRecord record;
  for (const auto place : places_) {
    read_at(place, record);
    entries.push_back({keys.end(), place});
    keys.push(key_of(record));
  }
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    const int order = keys.text_from(a.key).compare(keys.text_from(b.key));
    if (order != 0) return descending ? order > 0 : order < 0;
    return std::tie(a.record.block, a.record.at) < std::tie(b.record.block, b.record.at);
  });
  std::transform(entries.begin(), entries.end(), places_.begin(),
                 [](const Entry& entry) { return entry.record; });
}

void PackedRecords::for_each(const std::function<void(const KeyRecord&)>& visit) const {
  KeyRecord record;
  for (const auto place : places_) {
    read_at(place, record);
    visit(record);
  }
}

}  // namespace sesam::n200
