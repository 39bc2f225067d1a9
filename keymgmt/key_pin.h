// SPDX-License-Identifier: Apache-2.0
// Which PIN goes with a key.
#pragma once

#include <openssl/core.h>

#include "base/result.h"
#include "base/secret.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::n200 {
class Device;
}

namespace sesam::keymgmt {

/// Somebody who can be asked for a PIN: OpenSSL's passphrase callback, as store and decoders get it. Without
/// one nobody can.
struct PinPrompt {
  OSSL_PASSPHRASE_CALLBACK* callback = nullptr;
  void* argument = nullptr;
};

/// The URI's pin-value, else its pin-source, else the configuration's PIN; empty: the device uses the one
/// that it stores. Where the pin-source is "ask:", and nowhere else, `prompt` is asked: once for a key in a
/// process. Raises pin_source_unreadable, pin_missing, timed_out.
Result<Secret> pin_for(const n200::KeyUri& uri, const n200::KeyRecord& record, const n200::Device& device,
                       const PinPrompt& prompt);

/// The same for a key that is yet to be made, when there is nobody to ask.
Result<Secret> pin_for_new_key(const n200::KeyUri& uri, const n200::Device& device);

}  // namespace sesam::keymgmt
