// SPDX-License-Identifier: Apache-2.0
#include "n200/vendor_conf.h"

#include <openssl/crypto.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "n200/json.h"

namespace sesam::n200 {
namespace {

// simdjson needs padding after the text; the copy contains passwords, so it is wiped.
class PaddedCopy {
 public:
  explicit PaddedCopy(std::string_view text) : size_(text.size()) {
    buffer_.assign(text);
    buffer_.resize(text.size() + simdjson::SIMDJSON_PADDING);
  }
  ~PaddedCopy() { OPENSSL_cleanse(buffer_.data(), buffer_.size()); }
  PaddedCopy(const PaddedCopy&) = delete;
  PaddedCopy& operator=(const PaddedCopy&) = delete;

  simdjson::padded_string_view view() const {
    return simdjson::padded_string_view(buffer_.data(), size_, buffer_.size());
  }

 private:
  std::string buffer_;
  std::size_t size_;
};

// The text of a string or number, from that buffer: simdjson's get_string() would leave a copy on the heap
// that is not wiped, so it is used only for the rare string with an escape in it.
std::optional<Secret> text_of(simdjson::ondemand::value value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
    token.remove_suffix(1);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    if (token.find('\\') == token.npos) return Secret(token.substr(1, token.size() - 2));
    std::string_view unescaped;
    if (value.get_string().get(unescaped)) return std::nullopt;
    return Secret(unescaped);
  }
  std::int64_t number = 0;
  if (value.get_int64().get(number)) return std::nullopt;
  return Secret(std::to_string(number));
}

}  // namespace

Result<std::map<std::string, Secret, std::less<>>> parse_vendor_conf(std::string_view text) {
  const PaddedCopy copy(text);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  const Error malformed{Reason::bad_configuration, "not a JSON object"};
  if (parser.iterate(copy.view()).get(document) || document.get_object().get(object)) return malformed;
  std::map<std::string, Secret, std::less<>> values;
  for (auto member : object) {
    std::string_view name;
    simdjson::ondemand::value value;
    if (member.unescaped_key().get(name) || member.value().get(value)) return malformed;
    const std::string key(name);
    if (auto text_value = text_of(value)) values.emplace(key, std::move(*text_value));
  }
  return values;
}

}  // namespace sesam::n200
