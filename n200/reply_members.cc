// SPDX-License-Identifier: Apache-2.0
#include "n200/reply_members.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <new>

#include "base/ascii_case.h"
#include "n200/json.h"

namespace sesam::n200 {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxBytes = 1 << 20;  // of a reply whose members are collected
constexpr std::size_t kMaxMembers = 256;
constexpr std::size_t kMaxDepth = 8;  // an ASYNC_JOB's stack is 32 KiB

// Members that only a key record has.
constexpr std::array<std::string_view, 4> kOfRecords = {"keytype", "keylen", "publickey", "modulus"};

// Members that other answers about a key may have, too.
constexpr std::array<std::string_view, 3> kOfKeys = {"keyid", "nicename", "tokenname"};

// How the canonical names of members begin that report an error by themselves.
constexpr std::array<std::string_view, 4> kErrorNames = {"err", "fault", "failure", "exception"};

constexpr bool is_separator(char c) noexcept { return c == '_' || c == '-' || c == ' '; }

// Whether canonical_name(name) begins with `start`.
bool begins_with(std::string_view name, std::string_view start) noexcept {
  for (const char c : name) {
    if (is_separator(c)) continue;
    if (start.empty()) return true;
    if (ascii_lower(c) != start.front()) return false;
    start.remove_prefix(1);
  }
  return start.empty();
}

template <std::size_t N>
bool has_one_of(dom::object object, const std::array<std::string_view, N>& names) {
  return std::any_of(object.begin(), object.end(), [&](const dom::key_value_pair& member) {
    return std::ranges::find(names, canonical_name(member.key)) != names.end();
  });
}

class Walk {
 public:
  void element(dom::element value) {
    if (found.size() >= kMaxMembers || path_.size() > kMaxDepth) return;
    switch (value.type()) {
      case dom::element_type::OBJECT:
        return object(value.get_object().value_unsafe());
      case dom::element_type::ARRAY:
        return array(value.get_array().value_unsafe());
      case dom::element_type::STRING:
        return take(std::string(value.get_string().value_unsafe()), true);
      case dom::element_type::NULL_VALUE:
        return;
      default:
        return take(simdjson::minify(value), false);
    }
  }
  std::vector<ReplyMember> found;

 private:
  void take(std::string text, bool is_text) { found.push_back({path_, std::move(text), is_text}); }
  void object(dom::object members) {
    const bool inside = !path_.empty();  // the reply itself may describe a key that was just made
    if (inside && has_one_of(members, kOfRecords)) return;
    const bool errors_only = inside && !names_an_error(path_.back()) && has_one_of(members, kOfKeys);
    for (const auto [name, value] : members) {
      if (errors_only && !names_an_error(name)) continue;
      path_.push_back(canonical_name(name));
      element(value);
      path_.pop_back();
    }
  }
  void array(dom::array elements) {
    if (++arrays_ <= kMaxDepth)
      for (const auto value : elements) element(value);
    --arrays_;
  }

  std::vector<std::string> path_;
  std::size_t arrays_ = 0;
};

}  // namespace

std::string canonical_name(std::string_view name) {
  std::string canonical;
  for (const char c : name)
    if (!is_separator(c)) canonical += ascii_lower(c);
  return canonical;
}

bool names_an_error(std::string_view name) noexcept {
  return std::ranges::any_of(kErrorNames, [&](std::string_view start) { return begins_with(name, start); });
}

bool has_key_id_form(std::string_view text) noexcept {
  constexpr std::string_view kStart = "hsm";
  constexpr std::size_t kMaxCharacters = 64;
  return text.size() > kStart.size() && text.size() <= kMaxCharacters && text.starts_with(kStart) &&
         text.find_first_not_of("0123456789abcdefABCDEF", kStart.size()) == text.npos;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  constexpr std::string_view kAround("\0 \t\r\n", 5);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kAround), text.size()));
  return text.substr(0, text.find_last_not_of(kAround) + 1);
}

std::optional<std::vector<ReplyMember>> members_of(std::string_view json) {
  json = trimmed(json);
  if (json.empty() || json.size() > kMaxBytes) return std::nullopt;
  dom::parser parser;
  dom::element root;
  const auto failed = parser.parse(json.data(), json.size()).get(root);
  if (failed == simdjson::MEMALLOC) throw std::bad_alloc();
  if (failed) return std::nullopt;
  Walk walk;
  walk.element(root);
  return std::move(walk.found);
}

}  // namespace sesam::n200
