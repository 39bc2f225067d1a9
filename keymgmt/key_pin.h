// SPDX-License-Identifier: Apache-2.0
// Determines the PIN of a key.
#pragma once

#include <openssl/core.h>

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {
class Device;
}

namespace sesam::keymgmt {

/// The pin-source of a PIN that the user is asked for.
inline constexpr std::string_view kAsk = "ask:";

/// Asks for a PIN: OpenSSL's passphrase callback, as passed to the store and the decoders. Without a
/// callback, no PIN can be asked for.
struct PinPrompt {
  OSSL_PASSPHRASE_CALLBACK* callback = nullptr;
  void* argument = nullptr;
};

/// The URI's pin-value, else its pin-source, else the configuration's PIN; empty: the device uses the PIN
/// that it has stored. Only if pin-source is kAsk, `prompt` is used, once per key and process. Raises
/// pin_source_unreadable, pin_missing, timed_out.
Result<Secret> pin_for(const n200::KeyUri& uri, const n200::KeyRecord& record, const n200::Device& device,
                       const PinPrompt& prompt);

/// The same for a key to be generated, without a prompt. Raises pin_source_unreadable, pin_missing.
Result<Secret> pin_for_new_key(const n200::KeyUri& uri, const n200::Device& device);

}  // namespace sesam::keymgmt
