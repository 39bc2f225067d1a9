// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <algorithm>

#include "hex.h"

namespace sesam::simulator {

std::optional<Fields> Fields::from_form(std::string body) {
  Fields fields;
  fields.storage_ = std::move(body);
  fields.fields_.reserve(8);
  const std::string& text = fields.storage_;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('&', begin), text.size());
    const std::size_t equals = std::min(text.find('=', begin), end);
    const auto name = fields.decode_in_place(begin, equals);
    const auto value = fields.decode_in_place(std::min(equals + 1, end), end);
    if (!name || !value) return std::nullopt;
    if (end > begin) fields.fields_.push_back({*name, *value});
    begin = end + 1;
  }
  return fields;
}

// Decoded text is never longer, so it fits in place; hardly any field needs decoding.
std::optional<Fields::Range> Fields::decode_in_place(std::size_t begin, std::size_t end) {
  const std::string_view raw = text({begin, end - begin});
  if (raw.find_first_of("%+") == std::string_view::npos) return Range{begin, end - begin};
  const auto decoded = percent_decode(raw, true);
  if (!decoded) return std::nullopt;
  storage_.replace(begin, decoded->size(), *decoded);
  return Range{begin, decoded->size()};
}

void Fields::add(std::string_view name, std::string_view value) {
  const Range name_range{storage_.size(), name.size()};
  storage_ += name;
  const Range value_range{storage_.size(), value.size()};
  storage_ += value;
  fields_.push_back({name_range, value_range});
}

std::string_view Fields::text(Range range) const {
  return std::string_view(storage_).substr(range.offset, range.size);
}

std::optional<std::string_view> Fields::get(std::string_view name) const {
  for (const Field& field : fields_) {
    if (text(field.name) == name) return text(field.value);
  }
  return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> Fields::all() const {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  for (const Field& field : fields_) all.emplace_back(text(field.name), text(field.value));
  return all;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto byte = text.size() - i > 2 ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
      if (!byte) return std::nullopt;
      decoded += static_cast<char>(byte->front());
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::optional<std::vector<std::string>> split_path(std::string_view target) {
  static constexpr std::string_view kRoot = "/n200/";
  target = target.substr(0, target.find('?'));
  if (!target.starts_with(kRoot)) return std::nullopt;
  target.remove_prefix(kRoot.size());
  if (target.ends_with('/')) target.remove_suffix(1);
  std::vector<std::string> segments;
  while (true) {
    const std::size_t slash = target.find('/');
    const auto segment = percent_decode(target.substr(0, slash), false);
    if (!segment) return std::nullopt;
    segments.push_back(*segment);
    if (slash == std::string_view::npos) return segments;
    target.remove_prefix(slash + 1);
  }
}

}  // namespace sesam::simulator
