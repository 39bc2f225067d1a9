// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/bind_key_text.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "base/base64.h"

namespace sesam::keymgmt {
namespace {

// Removes the next line from `text` and returns it, including its line break.
std::string_view next_line(std::string_view& text) noexcept {
  const auto length = std::min(text.find('\n'), text.size() - 1) + 1;
  const std::string_view line = text.substr(0, length);
  text.remove_prefix(length);
  return line;
}

bool is_field(std::string_view line, std::string_view name) noexcept {
  return line.starts_with(name) && line.substr(name.size()).starts_with(':');
}

}  // namespace

std::string_view bind_field(std::string_view text, std::string_view name) noexcept {
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (!is_field(line, name)) continue;
    line.remove_prefix(name.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
  }
  return {};
}

bool has_bind_field(std::string_view text, std::string_view name) noexcept {
  while (!text.empty())
    if (is_field(next_line(text), name)) return true;
  return false;
}

Secret replace_bind_field(std::string_view text, std::string_view name, std::string_view line) {
  Secret replaced;
  replaced.reserve(text.size() + line.size() + 1);
  bool is_written = false;
  while (!text.empty()) {
    const std::string_view old = next_line(text);
    if (is_field(old, kBindEngine)) continue;
    if (!is_field(old, name)) {
      replaced.append(old);
      continue;
    }
    if (std::exchange(is_written, true)) continue;
    replaced.append(line);
    replaced.append("\n");
  }
  return replaced;
}

std::string bind_label_line(std::string_view label) {
  const std::string ended(std::string(label) + '\0');  // BIND's labels are C strings
  return std::string(kBindLabel) + ": " +
         to_base64({reinterpret_cast<const unsigned char*>(ended.data()), ended.size()});
}

std::optional<BindDnskey> parse_bind_dnskey(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.starts_with(';')) continue;
    std::istringstream stream{std::string(line)};
    const std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
    const auto type = std::find(words.begin(), words.end(), "DNSKEY");
    constexpr auto kBeforeKey = 4;  // DNSKEY, flags, protocol, algorithm
    if (type == words.begin() || words.end() - type <= kBeforeKey) continue;
    std::string base64;
    for (auto word = type + kBeforeKey; word != words.end(); ++word) base64 += *word;
    auto key = from_base64(base64);
    if (!key) continue;
    std::string zone = words.front();
    if (zone.size() > 1 && zone.ends_with('.')) zone.pop_back();
    return BindDnskey{std::move(zone), *std::move(key)};
  }
  return std::nullopt;
}

}  // namespace sesam::keymgmt
