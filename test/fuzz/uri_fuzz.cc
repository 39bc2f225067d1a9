// SPDX-License-Identifier: Apache-2.0
#include "n200/uri.h"

#include <string>

#include "promise.h"

namespace {

using sesam::fuzz::promise;
using sesam::n200::KeyUri;

// Any other text may be in a message by chance.
bool looks_like_a_pin(std::string_view text) {
  return text.size() >= 6 && text.find_first_not_of("0123456789") == text.npos;
}

void check_message(std::string_view text, const std::string& message) {
  const auto at = text.find("pin-value=");
  if (at == text.npos) return;
  const auto value = text.substr(at + sizeof "pin-value=" - 1);
  const auto pin = value.substr(0, value.find_first_of(";?&"));
  const bool elsewhere =
      text.find(pin) != at + sizeof "pin-value=" - 1 || text.find(pin, at + 11) != text.npos;
  promise(!looks_like_a_pin(pin) || elsewhere || message.find(pin) == message.npos, "a message holds no PIN");
}

// An encoded name must be decoded to the same name.
void check_name(const std::string& name) {
  if (name.empty()) return;
  const auto again = sesam::n200::KeyUri::parse("sesam:object=" + sesam::n200::percent_encode(name));
  promise(static_cast<bool>(again) && again->object == name, "an encoded name is read as it was");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = sesam::fuzz::text_of(data, size);
  const auto uri = sesam::n200::KeyUri::parse(text);
  if (!uri) {
    promise(uri.error().reason == sesam::Reason::bad_uri, "a URI that is refused is a bad_uri");
    check_message(text, uri.error().detail);
    return 0;
  }
  promise(sesam::n200::has_key_uri_scheme(text), "a URI has one of our schemes");
  promise(uri->key_id.empty() || sesam::n200::is_key_id(uri->key_id), "a key_id has its form");
  promise(!uri->core || *uri->core != 0, "cores are numbered from 1");
  check_name(uri->object);
  return 0;
}
