// SPDX-License-Identifier: Apache-2.0
// Key records in the JSON of replies.
#pragma once

#include <string>
#include <string_view>

#include "key.h"

namespace sesam::simulator {

// Appends `"key_id":{…}`, a key as in listkeys and getkeyattributes: fields,
// order and types as in n200.md. A symmetric key has fewer fields, as observed.
// `with_public` false leaves out public_key, or modulus and exponent.
void append_record(std::string& out, const Key& key, bool with_public);

// "2022/10/01 20:15", in UTC (the device's time zone is not known).
std::string format_date(std::int64_t unix_s);

// Appends `"name":"value"`; the value must not need escaping.
void append_plain(std::string& out, std::string_view name, std::string_view value);

// `text` as a JSON string with its quotes; invalid UTF-8 is replaced.
std::string json_string(std::string_view text);

}  // namespace sesam::simulator
