// SPDX-License-Identifier: Apache-2.0
// From a key URI to the key: what the store loader and the decoders of PEM files have in common.
#pragma once

#include <memory>

#include "base/result.h"
#include "keymgmt/key.h"
#include "keymgmt/key_pin.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::store {

/// Makes a key of the device's record of it, and picks its PIN where `with_private`. Raises what
/// keymgmt::pin_for and keymgmt::Key::from_record raise.
Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const n200::KeyRecord& record,
                                                         const n200::KeyUri& uri,
                                                         const std::shared_ptr<n200::Device>& device,
                                                         bool with_private, const keymgmt::PinPrompt& prompt);

/// The error where a key is wanted, and the URI names none.
Error no_name(const n200::KeyUri& uri);

/// Hands a key object to OpenSSL, which takes it by setting the pointer behind the reference to null. False
/// if it does not want it.
bool deliver(std::unique_ptr<keymgmt::Key> key, OSSL_CALLBACK* callback, void* argument);

}  // namespace sesam::store
