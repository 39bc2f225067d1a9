// SPDX-License-Identifier: Apache-2.0
#include "cli/key_name.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/closest.h"
#include "base/hex.h"
#include "n200/curves.h"

namespace sesam::cli {
namespace {

constexpr std::size_t kIdDigits = 12;  // CKA_ID, n200.md

bool may_be_id(const std::string& name) { return name.size() == kIdDigits && is_hex(name); }

// The known attribute that an unknown one in the path was probably meant to be. Does not return unknown
// names, which may be parts of a PIN.
std::string meant_attribute(std::string_view uri) {
  const std::vector<std::string> known{"object",       "token", "id",   "key-id", "serial",
                                       "manufacturer", "acl",   "core", "type"};
  uri.remove_prefix(uri.find(':') + 1);
  uri = uri.substr(0, uri.find('?'));
  if (n200::may_hold_a_pin(uri)) return {};
  for (const auto& component : CLI::detail::split(std::string(uri), ';')) {
    const std::string name = component.substr(0, component.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (std::string meant = closest_to(name, known); !meant.empty()) return meant;
  }
  return {};
}

using Search = Result<n200::KeyRecord> (n200::Device::*)(const n200::KeyUri&);

Result<FoundKey> find(n200::Device& device, Search search, n200::KeyUri uri) {
  SESAM_TRY(record, (device.*search)(uri));
  return FoundKey{std::move(record), std::move(uri)};
}

Result<FoundKey> find(n200::Device& device, Search search, const std::string& name) {
  SESAM_TRY(uri, uri_of_name(name));
  if (uri.names_no_key()) return Error{Reason::bad_uri, "the URI names no key"};
  if (!may_be_id(name)) return find(device, search, std::move(uri));
  n200::KeyUri by_id;
  const auto id = from_hex(name).value_or(Bytes{});
  by_id.id.assign(id.begin(), id.end());
  auto found = find(device, search, std::move(by_id));
  return found ? std::move(found) : find(device, search, std::move(uri));
}

}  // namespace

Result<n200::KeyUri> uri_of_name(const std::string& name) {
  if (!n200::has_key_uri_scheme(name)) return n200::KeyUri::parse("sesam:" + n200::percent_encode(name));
  SESAM_TRY(uri, n200::KeyUri::parse(name));
  // cppcheck-suppress returnStdMoveLocal ; it is a reference
  if (uri.lost_name.empty()) return std::move(uri);
  const std::string meant = meant_attribute(name);
  return Error{Reason::bad_uri, uri.lost_name + (meant.empty() ? "" : ": did you mean '" + meant + "'?")};
}

Result<FoundKey> find_key(n200::Device& device, const std::string& name) {
  return find(device, &n200::Device::find_key, name);
}

Result<FoundKey> find_key_past_cache(n200::Device& device, const std::string& name) {
  return find(device, &n200::Device::find_key_past_cache, name);
}

Result<FoundKey> find_key_to_remove(n200::Device& device, const std::string& name) {
  return find(device, &n200::Device::find_key_to_remove, name);
}

const std::string& name_to_tell(const n200::KeyRecord& record) noexcept {
  return record.nice_name.empty() ? record.key_id : record.nice_name;
}

Json json_of(const n200::KeyRecord& record) {
  Json json;
  json["name"] = record.nice_name;
  json["key_id"] = record.key_id;
  json["token"] = record.token_label();
  json["id"] = record.id;
  json["type"] = record.key_type;
  json["bits"] = record.key_bits;
  if (const auto* curve = n200::curve_of(record)) json["curve"] = curve->group;
  const std::pair<const char*, const std::string*> told[] = {{"acl", &record.acl},
                                                             {"owner", &record.owner},
                                                             {"created", &record.created},
                                                             {"last_used", &record.last_used},
                                                             {"planned_until", &record.planned_until}};
  for (const auto& [name, text] : told)
    if (!text->empty()) json[name] = *text;
  json["uris"] = {uri_of(record), uri_of(record, n200::UriScheme::pkcs11)};
  return json;
}

}  // namespace sesam::cli
