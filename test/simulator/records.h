// SPDX-License-Identifier: Apache-2.0
// Key records, as replies have them in JSON.
#pragma once

#include <string>
#include <string_view>

#include "key.h"

namespace sesam::simulator {

// Appends `"key_id":{…}`, a key as listkeys and getkeyattributes show it: fields, order and types of n200.md.
// A symmetric key has the fewer fields observed for it. `with_public` false leaves out public_key, or modulus
// and exponent.
void append_record(std::string& out, const Key& key, bool with_public);

// "2022/10/01 20:15", in UTC (which zone the device means is not known).
std::string format_date(std::int64_t unix_s);

// Appends `"name":"value"`; the value must need no escaping.
void append_plain(std::string& out, std::string_view name, std::string_view value);

// `text` as a JSON string with its quotes; bytes that are no UTF-8 are replaced.
std::string json_string(std::string_view text);

}  // namespace sesam::simulator
