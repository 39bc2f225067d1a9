// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#include <ctime>
#include <nlohmann/json.hpp>

namespace sesam::simulator {
namespace {

void append_owner(std::string& out, const Key& key) {
  out.append(",\"key_owner\":").append(json_string(key.owner));
}

void append_type(std::string& out, const Key& key) {
  out.append("\"key_type\":\"").append(type_name(key.material.type));
  out.append("\",\"key_len\":").append(std::to_string(key.material.bits)).append(",");
  append_plain(out, "key_acl", key.acl);
}

void append_dates(std::string& out, const Key& key) {
  out += ',';
  append_plain(out, "date_of_creation", format_date(key.created_s));
  // The use of null for "never used" is a guess.
  out.append(",\"date_of_last_use\":");
  if (key.last_use_s == 0) {
    out += "null";
  } else {
    out.append("\"").append(format_date(key.last_use_s)).append("\"");
  }
  out.append(",\"date_planned_lifetime_until\":null,");
}

void append_public(std::string& out, const KeyMaterial& material) {
  out += ',';
  if (material.type != KeyType::rsa) return append_plain(out, "public_key", material.public_hex);
  append_plain(out, "modulus", material.modulus_hex);
  out += ',';
  append_plain(out, "exponent", material.exponent_hex);
}

void append_symmetric(std::string& out, const Key& key) {
  append_plain(out, "key_id", key.key_id);
  out += ',';
  append_type(out, key);
  append_owner(out, key);
  out.append(",\"nice_name\":").append(key.nice_name_json);
}

}  // namespace

void append_record(std::string& out, const Key& key, bool with_public) {
  out.append("\"").append(key.key_id).append("\":{");
  if (key.material.type == KeyType::sym) {
    append_symmetric(out, key);
    out += '}';
    return;
  }
  append_plain(out, "slot", key.slot);
  out += ',';
  append_plain(out, "key_id", key.key_id);
  out += ',';
  append_plain(out, "id", key.id);
  out += ',';
  append_type(out, key);
  out.append(",\"nice_name\":").append(key.nice_name_json);
  append_dates(out, key);
  append_plain(out, "token_name", key.slot);
  append_owner(out, key);
  if (with_public) append_public(out, key.material);
  out += '}';
}

std::string format_date(std::int64_t unix_s) {
  const std::time_t time = unix_s;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y/%m/%d %H:%M", &parts)};
}

void append_plain(std::string& out, std::string_view name, std::string_view value) {
  out.append("\"").append(name).append("\":\"").append(value).append("\"");
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sesam::simulator
