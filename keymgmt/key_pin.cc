// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key_pin.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>
#include <chrono>
#include <string>

#include "base/printable.h"
#include "n200/device.h"
#include "n200/options.h"
#include "n200/prompted_pins.h"
#include "transport/pipeline.h"

namespace sesam::keymgmt {
namespace {

constexpr std::size_t kMaxPinBytes = 256;

// OpenSSL's programs ask "Enter pass phrase for <info>:", or use the value of -passin.
Result<Secret> ask_for_pin(const std::string& name, const PinPrompt& prompt) {
  std::string info = "key '" + printable(name) + "' (its PIN)";
  const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PASSPHRASE_PARAM_INFO, info.data(), info.size()),
                               OSSL_PARAM_END};
  std::array<char, kMaxPinBytes> buffer;
  std::size_t length = 0;
  const bool given = prompt.callback != nullptr &&
                     prompt.callback(buffer.data(), buffer.size(), &length, params, prompt.argument) == 1 &&
                     length > 0 && length <= buffer.size();
  Secret pin;
  if (given) pin = Secret({buffer.data(), length});
  OPENSSL_cleanse(buffer.data(), buffer.size());
  if (given) return pin;
  return Error{
      Reason::pin_missing,
      "key '" + name +
          "': pin-source=ask: in its URI, but this program did not ask for the PIN, or got no answer"};
}

// Two devices may have keys with the same id, if they are simulated.
std::string identity_of(const n200::KeyRecord& record, const n200::Device& device) {
  return record.key_id + " " + device.pipeline().options().urls.front();
}

}  // namespace

Result<Secret> pin_for(const n200::KeyUri& uri, const n200::KeyRecord& record, const n200::Device& device,
                       const PinPrompt& prompt) {
  if (!uri.pin_value.empty() || uri.pin_source != kAsk) return pin_for_new_key(uri, device);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(device.options().deadline_ms);
  return process_state<n200::PromptedPins>().get(identity_of(record, device), deadline, [&] {
    return ask_for_pin(device.redacted(record.nice_name), prompt);
  });
}

Result<Secret> pin_for_new_key(const n200::KeyUri& uri, const n200::Device& device) {
  if (!uri.pin_value.empty()) return uri.pin_value.clone();
  if (uri.pin_source == kAsk)
    return Error{
        Reason::pin_missing,
        "key '" + uri.object + "': OpenSSL cannot ask for a PIN (pin-source=ask:) while a key is generated"};
  if (!uri.pin_source.empty()) return n200::read_pin_source(uri.pin_source);
  return device.options().pin.clone();
}

}  // namespace sesam::keymgmt
