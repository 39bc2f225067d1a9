// SPDX-License-Identifier: Apache-2.0
// From a key URI to the key: the code that the store loader and the decoders of PEM files share.
#pragma once

#include <memory>

#include "base/result.h"
#include "keymgmt/key.h"
#include "keymgmt/key_pin.h"
#include "n200/key_record.h"
#include "n200/uri.h"

namespace sesam::store {

/// Makes a key from the device's record of it, with its PIN if `with_private`.
/// Raises what keymgmt::pin_for() and keymgmt::Key::from_record() raise.
Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const n200::KeyRecord& record,
                                                         const n200::KeyUri& uri,
                                                         const std::shared_ptr<n200::Device>& device,
                                                         bool with_private, const keymgmt::PinPrompt& prompt);

/// The error if a key is wanted but the URI does not name one: bad_uri.
Error no_name(const n200::KeyUri& uri);

/// Passes a key object to OpenSSL, which takes ownership by setting the
/// referenced pointer to null. False if OpenSSL does not accept it.
bool deliver(std::unique_ptr<keymgmt::Key> key, OSSL_CALLBACK* callback, void* argument);

}  // namespace sesam::store
